package dev.fullstate.outbox.relay.position;

import java.time.Instant;
import java.util.UUID;

/**
 * The published row with the highest number. In the database that it was published from, the number belongs to this row for all time.
 */
public record Newest(long seq, UUID id) {

    private static final int TIME_ORDERED = 7;
    private static final int MILLIS_SHIFT = 16;

    /** Returns the time at which the row was written, by its id of version 7 (RFC 9562, section 5.7); long ago if the id has another version. */
    public Instant writtenAt() {
        return id.version() == TIME_ORDERED
                ? Instant.ofEpochMilli(id.getMostSignificantBits() >>> MILLIS_SHIFT)
                : Instant.EPOCH;
    }

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    static Newest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("Not a row: '" + text + "'; expected a number, a colon and an id");
        }
        return new Newest(Long.parseLong(text.substring(0, colon)), UUID.fromString(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return seq + ":" + id;
    }
}
