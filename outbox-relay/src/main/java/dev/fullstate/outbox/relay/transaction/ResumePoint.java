package dev.fullstate.outbox.relay.transaction;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.wal.Lsn;

/**
 * Up to where events are published.
 *
 * @param through everything that was committed before it; the end of a transaction, or between transactions
 * @param within the last published event of the transaction that follows and is published by half; null if none is
 */
public record ResumePoint(Lsn through, @Nullable Position within) {

    /** Whether the event is published already. */
    public boolean covers(Position event) {
        // A commit begins before it ends, and the next one where it ends or later.
        return through.isAfter(event.commitLsn())
                || (within != null && within.commitLsn().equals(event.commitLsn()) && within.index() >= event.index());
    }

    /** Whether everything that is published at the other point is published at this one. */
    public boolean reaches(ResumePoint other) {
        return !other.through.isAfter(through) && (other.within == null || covers(other.within));
    }

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is not a resume point
     */
    public static ResumePoint parse(String text) {
        int space = text.indexOf(' ');
        return space < 0
                ? new ResumePoint(Lsn.parse(text), null)
                : new ResumePoint(Lsn.parse(text.substring(0, space)), Position.parse(text.substring(space + 1)));
    }

    /** Position, and if there is one the event, as in {@code 0/16B3748 0/16B4000#17}. */
    @Override
    public String toString() {
        return within == null ? through.toString() : through + " " + within;
    }
}
