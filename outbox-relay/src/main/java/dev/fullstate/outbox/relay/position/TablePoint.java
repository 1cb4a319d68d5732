package dev.fullstate.outbox.relay.position;

/**
 * A moment of a table.
 *
 * @param database the number that the server has given to the database (its {@code oid}): several of one server may have an outbox, and all
 *     share the numbers of transactions
 * @param snapshot PostgreSQL's {@code pg_snapshot}, as text
 */
public record TablePoint(long database, String snapshot) {

    private static final char SEPARATOR = '/';

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    static TablePoint parse(String text) {
        int separator = text.indexOf(SEPARATOR);
        if (separator < 0) {
            throw new IllegalArgumentException(
                    "Not a moment of a table: '" + text + "'; expected a number, a slash and a snapshot");
        }
        return new TablePoint(Long.parseLong(text.substring(0, separator)), text.substring(separator + 1));
    }

    /** Prints it as in {@code 16384/735:740:736}. */
    @Override
    public String toString() {
        return Long.toString(database) + SEPARATOR + snapshot;
    }
}
