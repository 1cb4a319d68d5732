package dev.fullstate.outbox.relay;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.BiPredicate;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.acknowledge.PendingTransaction;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Position;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.transaction.ReceivedRow;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;

/** Gives rows of the table to the publisher, in the order of their numbers and a page at a time. */
final class Pages {

    private final Publisher publisher;
    private final RowPublisher rowPublisher;
    private final BiPredicate<String, Fill> waits;
    private final String table;
    private final Function<Fill, List<byte[] @Nullable []>> source;
    /** Rows that were read and not given to the publisher: the next ones after the progress of the fill. */
    private final Queue<byte[] @Nullable []> page = new ArrayDeque<>();
    /** Rows that the publisher was given; the index of the next one's position. */
    private long count;
    /** Stops the relay, once all rows before it are published; nothing more is given to the publisher then. */
    private @Nullable UnpublishableRowException stoppedBy;
    /** True if the last page was empty. */
    private boolean ended;
    /** True if the last call read and gave nothing. */
    private boolean idle = true;

    /**
     * @param waits takes note of a row of a type, and of the fill before it; tells whether it waits
     * @param source reads the next rows of a fill
     */
    Pages(
            Publisher publisher,
            RowPublisher rowPublisher,
            BiPredicate<String, Fill> waits,
            String table,
            Function<Fill, List<byte[] @Nullable []>> source) {
        this.publisher = publisher;
        this.rowPublisher = rowPublisher;
        this.waits = waits;
        this.table = table;
        this.source = source;
    }

    /**
     * Publishes the next rows, as many as the publisher is ready for.
     *
     * @return the fill after them
     * @throws UnpublishableRowException if a row stops the relay, and all before it are published
     */
    Fill publish(Fill fill, Lsn through, Numbering numbering, PendingTransaction pending) {
        idle = true;
        if (stoppedBy != null || !publisher.isReady()) {
            return fill;
        }
        if (page.isEmpty()) {
            page.addAll(source.apply(fill));
            ended = page.isEmpty();
            idle = false;
        }
        Fill progress = fill;
        try {
            while (!page.isEmpty() && publisher.isReady()) {
                idle = false;
                ReceivedRow row = new ReceivedRow(new Position(through, count), 0, page.remove(), List.of());
                if (!waits.test(row.aggregateType(), progress)) {
                    publish(row, numbering, pending);
                }
                progress = progress.upTo(row.sequence());
                count++;
            }
        } catch (UnpublishableRowException e) {
            stoppedBy = e;
        }
        rowPublisher.count();
        return progress;
    }

    private void publish(ReceivedRow row, Numbering numbering, PendingTransaction pending) {
        try {
            rowPublisher.publish(row.event(), numbering, pending);
        } catch (UnpublishableRowException e) {
            rowPublisher.giveUp(row, e.in(table), pending);
        }
    }

    /** Begins with the rows of another fill. */
    void begin() {
        count = 0;
        ended = false;
    }

    /** {@return the rows of the fill that the publisher was given, or that wait} */
    long count() {
        return count;
    }

    /** {@return whether the fill has no more rows} */
    boolean isAtEnd() {
        return ended;
    }

    boolean isIdle() {
        return idle;
    }

    boolean isStopped() {
        return stoppedBy != null;
    }

    /**
     * Stops the relay before a row that cannot be published, once nothing is in flight any more.
     *
     * @throws UnpublishableRowException if it is time
     */
    void requireNotStopped() {
        UnpublishableRowException row = stoppedBy;
        if (row != null && publisher.inFlightBytes() == 0 && !publisher.isCommitting()) {
            throw row;
        }
    }
}
