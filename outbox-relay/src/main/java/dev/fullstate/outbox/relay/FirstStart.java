package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.acknowledge.AcknowledgeTracker;
import dev.fullstate.outbox.relay.acknowledge.PendingTransaction;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Position;
import dev.fullstate.outbox.relay.position.PublishedRows;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;
import dev.fullstate.outbox.relay.wal.RetainedRows;
import dev.fullstate.outbox.relay.wal.WalSession;

/**
 * Publishes the rows that were committed before the slot existed. Only when Kafka has all of them the slot is made permanent: a
 * relay that dies before starts anew, with what Kafka does not know to be published.
 */
final class FirstStart implements Activity {

    private static final Logger log = LoggerFactory.getLogger(FirstStart.class);
    private static final int ROWS_PER_STEP = 256;

    private final Stages stages;
    private final WalSession session;
    private final Publisher publisher;
    private final RetainedRows rows;
    private final AcknowledgeTracker tracker;
    private final PendingTransaction retained;
    private final ResumePoint start;
    private long rowCount;
    private long lastSeq;
    private boolean idle;

    private FirstStart(
            Stages stages, WalSession session, Publisher publisher, RetainedRows rows, List<PublishedRows> before) {
        this.stages = stages;
        this.session = session;
        this.publisher = publisher;
        this.rows = rows;
        this.tracker = new AcknowledgeTracker(Lsn.ZERO, stages.statistics().acknowledged());
        this.retained = tracker.begin();
        this.start = new ResumePoint(rows.end(), null, before);
        // Also if there is no row: what Kafka knows of a slot that is gone must not be taken for this one's.
        retained.sendingNothing();
        publisher.publishNothing(retained::published);
    }

    static FirstStart begin(Stages stages, WalSession session, Publisher publisher, RetainedRows rows) {
        ResumePoint resume = publisher.resumePoint();
        List<PublishedRows> before = resume == null ? List.of() : resume.rows();
        rows.begin(before);
        return new FirstStart(stages, session, publisher, rows, before);
    }

    @Override
    public RelayState state() {
        return RelayState.PUBLISHING_RETAINED;
    }

    @Override
    public Activity step() {
        publisher.requireNoFailure();
        idle = true;
        stages.statistics().inFlightBytes(publisher.inFlightBytes());
        if (tracker.isInsideTransaction()) {
            long before = rowCount;
            publishRows();
            stages.statistics().received(rowCount - before);
            tracker.advance();
            publisher.sentUpTo(sent(), !tracker.isInsideTransaction());
        } else if (tracker.advance().published().equals(rows.end())) {
            rows.complete();
            tracker.confirmed(rows.end());
            log.info("First start: {} retained rows are published, the stream goes on at {}", rowCount, rows.end());
            return new Streaming(stages, session, session.stream(), publisher);
        } else {
            publisher.sentUpTo(sent(), true);
        }
        return this;
    }

    private void publishRows() {
        for (int i = 0; i < ROWS_PER_STEP && publisher.isReady(); i++) {
            idle = false;
            byte @Nullable [] @Nullable [] row = rows.next();
            if (row == null) {
                tracker.end(rows.end());
                return;
            }
            retained.sending();
            CommittedEvent event = CommittedEvent.of(new Position(rows.end(), rowCount++), row);
            publisher.publish(stages.router().route(event), retained::published);
            lastSeq = event.sequence();
        }
    }

    private ResumePoint sent() {
        return rowCount == 0 ? start : start.with(new PublishedRows(rows.snapshot(), lastSeq));
    }

    @Override
    public List<Warning> warnings() {
        return publisher.warnings();
    }

    @Override
    public boolean isIdle() {
        return idle && !publisher.isCommitting();
    }

    @Override
    public void drain(Duration timeout) {
        // Without the permanent slot the next start begins anew in any case.
    }

    @Override
    public void close() {
        publisher.close();
        session.close();
    }
}
