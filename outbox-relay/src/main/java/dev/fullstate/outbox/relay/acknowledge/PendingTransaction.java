package dev.fullstate.outbox.relay.acknowledge;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;

/** A transaction some of whose events may not be in Kafka yet. */
public final class PendingTransaction {

    private final AtomicInteger unpublishedCount = new AtomicInteger();
    private @Nullable Lsn endLsn;
    private @Nullable Instant committedAt;
    private boolean empty = true;
    private int eventCount;

    PendingTransaction() {}

    /** One more event is about to be sent; called by the loop. */
    public void sending() {
        eventCount++;
        sendingNothing();
    }

    /** Kafka is about to be told that there is no event; called by the loop. */
    public void sendingNothing() {
        empty = false;
        unpublishedCount.incrementAndGet();
    }

    /** Kafka has one more of the events; called by any thread, once for each time that something was sent. */
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

    void committedAt(Instant time) {
        committedAt = time;
    }

    /** Null if it has no event, or was none of the database's transactions. */
    @Nullable
    Instant committedAt() {
        return eventCount == 0 ? null : committedAt;
    }

    /** How many of its events Kafka has, at least. */
    int publishedCount() {
        return Math.max(0, eventCount - unpublishedCount.get());
    }

    /** The transaction's end if it has come and Kafka has all of the events, otherwise null. */
    @Nullable
    Lsn publishedEnd() {
        return unpublishedCount.get() == 0 ? endLsn : null;
    }
}
