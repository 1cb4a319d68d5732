package dev.fullstate.outbox.relay.acknowledge;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;

/** A transaction that is received, perhaps in part, and not published, perhaps in part. */
public final class PendingTransaction {

    /**
     * The added events minus the published ones. For the loop never below 0; other threads may see -1 for a moment, because an event is added
     * once it has been given to the publisher, and may be published before.
     */
    private final AtomicInteger unpublishedCount = new AtomicInteger();
    /** One for all events: a drain would pay for another with each. */
    private final Runnable whenPublished = this::notePublished;
    /** Null until the end is received; set again where empty transactions are added to this one, and then never lower. */
    private @Nullable Lsn endLsn;
    /** Set with the end, if at all. */
    private @Nullable Instant committedAt;
    /** False from the first that was added, an event or nothing. */
    private boolean empty = true;
    /** Events that were added; not above what was added in all. */
    private int eventCount;

    PendingTransaction() {}

    /** Adds an event that the publisher was given; called by the loop. */
    public void addEvent() {
        eventCount++;
        addNothing();
    }

    /** Adds the absence of an event, which the publisher was given or is about to be; called by the loop. */
    public void addNothing() {
        empty = false;
        unpublishedCount.incrementAndGet();
    }

    /** Returns what takes note that one more of what was added is published; run by any thread, once for each. */
    public Runnable whenPublished() {
        return whenPublished;
    }

    private void notePublished() {
        unpublishedCount.decrementAndGet();
    }

    /** {@return whether no event was added; the server may send such transactions} */
    boolean isEmpty() {
        return empty;
    }

    void end(Lsn end) {
        endLsn = end;
    }

    void end(Lsn end, Instant time) {
        end(end);
        committedAt = time;
    }

    /** Returns the time of its commit; null if it has no event, or is not a transaction of the database. */
    @Nullable
    Instant committedAt() {
        return eventCount == 0 ? null : committedAt;
    }

    /** Returns the number of its events that are published, at least. */
    int publishedCount() {
        return Math.max(0, eventCount - unpublishedCount.get());
    }

    /** Returns the transaction's end, if that is received and everything in it is published; otherwise null. */
    @Nullable
    Lsn publishedEnd() {
        return unpublishedCount.get() == 0 ? endLsn : null;
    }
}
