package dev.fullstate.outbox.relay.position;

import org.jspecify.annotations.Nullable;

/**
 * The progress in publishing the rows that were committed before the slot existed, in the order of their numbers.
 *
 * @param snapshot PostgreSQL's {@code pg_snapshot}, as text; shows the rows before the slot, the stream brings all others
 * @param after the number of the last row that is published; {@link Long#MAX_VALUE} if all are
 * @param published a snapshot whose rows were published before; null if nothing is known of any
 */
public record Fill(String snapshot, long after, @Nullable String published) {

    /** A table without checks may have rows with numbers below 0, which are to be found although they cannot be published. */
    private static final long NOTHING = Long.MIN_VALUE;

    /** Begins a fill. */
    public static Fill begin(String snapshot, @Nullable String published) {
        return new Fill(snapshot, NOTHING, published);
    }

    /** Returns the same fill at its beginning. */
    public Fill again() {
        return begin(snapshot, published);
    }

    /** Returns the fill in which all rows up to one are published. */
    public Fill upTo(long seq) {
        return new Fill(snapshot, seq, published);
    }

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    static Fill parse(String text) {
        String[] parts = text.split("@", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new IllegalArgumentException("Not a fill: '" + text
                    + "'; expected a number, an @ and a snapshot, perhaps another @ and snapshot");
        }
        return new Fill(parts[1], Long.parseLong(parts[0]), parts.length == 3 ? parts[2] : null);
    }

    /** Prints it as in {@code 1200@735:740:736@700:700:}. */
    @Override
    public String toString() {
        return after + "@" + snapshot + (published == null ? "" : "@" + published);
    }
}
