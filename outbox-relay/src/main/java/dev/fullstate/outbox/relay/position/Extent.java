package dev.fullstate.outbox.relay.position;

import org.jspecify.annotations.Nullable;

/**
 * How far events of a stream are published.
 *
 * @param through everything that was committed before it; the end of a transaction, or between transactions
 * @param within the last published event of the following transaction if that is partly published; null if it is not
 */
public record Extent(Lsn through, @Nullable Position within) {

    private static final char SEPARATOR = ':';

    /** {@return whether the event is already published} */
    public boolean covers(Position event) {
        // A commit begins before it ends, and the next one where it ends or later.
        return through.isAfter(event.commitLsn())
                || (within != null && within.commitLsn().equals(event.commitLsn()) && within.index() >= event.index());
    }

    /** Returns the extent in which everything is published that is published in one of two. */
    public Extent furthest(Extent other) {
        Lsn furthestThrough = other.through.isAfter(through) ? other.through : through;
        Position furthestWithin =
                within == null || (other.within != null && other.within.isAfter(within)) ? other.within : within;
        return new Extent(
                furthestThrough,
                furthestWithin == null || furthestThrough.isAfter(furthestWithin.commitLsn()) ? null : furthestWithin);
    }

    /** {@return whether something is published in the other one and not in this one} */
    public boolean isBefore(Extent other) {
        return !furthest(other).equals(this);
    }

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is not an extent
     */
    static Extent parse(String text) {
        int separator = text.indexOf(SEPARATOR);
        return separator < 0
                ? new Extent(Lsn.parse(text), null)
                : new Extent(Lsn.parse(text.substring(0, separator)), Position.parse(text.substring(separator + 1)));
    }

    /** Prints it as in {@code 0/16B3748:0/16B4000#17}, without a space. */
    @Override
    public String toString() {
        return within == null ? through.toString() : through.toString() + SEPARATOR + within;
    }
}
