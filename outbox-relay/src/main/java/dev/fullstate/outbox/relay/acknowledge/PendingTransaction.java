package dev.fullstate.outbox.relay.acknowledge;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.wal.Lsn;

/** A transaction some of whose events may not be in Kafka yet. */
public final class PendingTransaction {

    private final AtomicInteger unpublishedCount = new AtomicInteger();
    private @Nullable Lsn endLsn;

    PendingTransaction() {}

    /** One more event is about to be sent; called by the loop. */
    public void sending() {
        unpublishedCount.incrementAndGet();
    }

    /** Kafka has one more of the events; called by any thread, once for each {@link #sending()}. */
    public void published() {
        unpublishedCount.decrementAndGet();
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
