package dev.fullstate.outbox.relay.position;

/**
 * Retained rows that an attempt at a first start has published: those that its snapshot showed, up to one.
 *
 * @param snapshot PostgreSQL's {@code pg_snapshot}, as text
 * @param seq of the last published row
 */
public record PublishedRows(String snapshot, long seq) {

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    public static PublishedRows parse(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            throw new IllegalArgumentException(
                    "Not published rows: '" + text + "'; expected a number, an @ and a snapshot");
        }
        return new PublishedRows(text.substring(at + 1), Long.parseLong(text.substring(0, at)));
    }

    @Override
    public String toString() {
        return seq + "@" + snapshot;
    }
}
