package dev.fullstate.outbox.relay.acknowledge;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.wal.Lsn;

/** A transaction some of whose events may not be in Kafka yet. */
public final class PendingTransaction {

    private final AtomicInteger unpublishedCount = new AtomicInteger();
    private @Nullable Lsn endLsn;
    private boolean empty = true;

    PendingTransaction() {}

    /** One more event is about to be sent; called by the loop. */
    public void sending() {
        empty = false;
        unpublishedCount.incrementAndGet();
    }

    /** Kafka has one more of the events; called by any thread, once for each {@link #sending()}. */
    public void published() {
        unpublishedCount.decrementAndGet();
    }

    /** Whether it had no event at all; the server may send such transactions. */
    boolean isEmpty() {
        return empty;
    }

    void end(Lsn end) {
        endLsn = end;
    }

    /** The transaction's end if it has come and Kafka has all of the events, otherwise null. */
    @Nullable
    Lsn publishedEnd() {
        return unpublishedCount.get() == 0 ? endLsn : null;
    }
}
