package dev.fullstate.outbox.relay;

import java.time.Duration;

import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.wal.RetainedRows;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalStream;

/** Opens the connections to both sides; holds none itself. */
final class Connecting implements Activity {

    private final Stages stages;

    Connecting(Stages stages) {
        this.stages = stages;
    }

    @Override
    public RelayState state() {
        return RelayState.STARTING;
    }

    @Override
    public Activity step() {
        stages.statistics().slot(null);
        WalSession session = stages.source().open();
        try {
            PreparedPublisher prepared = stages.publisher().apply(session.pipeline());
            try {
                return takeOver(session, prepared);
            } catch (RuntimeException e) {
                prepared.close();
                throw e;
            }
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private Activity takeOver(WalSession session, PreparedPublisher prepared) {
        if (session.slotPosition().isEmpty()) {
            return firstStart(session, prepared);
        }
        stages.statistics().slot(session.slotStatus());
        return stream(session, prepared);
    }

    // Both prepare before they take the slot, because nobody answers the server while Kafka is slow; and take over
    // after it, because
    // a relay that has to stand by shall not fence the other one's producer off.

    private Activity stream(WalSession session, PreparedPublisher prepared) {
        WalStream stream = session.stream();
        Publisher publisher = prepared.takeOver();
        try {
            ResumePoint resume = publisher.resumePoint();
            if (resume != null) {
                session.requireBetween(stream.start(), resume.through());
            }
            return new Streaming(stages, session, stream, publisher);
        } catch (RuntimeException e) {
            publisher.close();
            throw e;
        }
    }

    private Activity firstStart(WalSession session, PreparedPublisher prepared) {
        RetainedRows rows = session.retainedRows();
        Publisher publisher = prepared.takeOver();
        try {
            return FirstStart.begin(stages, session, publisher, rows);
        } catch (RuntimeException e) {
            publisher.close();
            throw e;
        }
    }

    @Override
    public boolean isIdle() {
        return false;
    }

    @Override
    public void drain(Duration timeout) {
        // Nothing has begun.
    }

    @Override
    public void close() {
        // A step that fails has closed what it opened.
    }
}
