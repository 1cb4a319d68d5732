package dev.fullstate.outbox.relay.position;

/**
 * A timeline of a server; each promotion and each restore begins another (PostgreSQL manual, "Timelines"). A number is not enough: a backup
 * that is restored twice, and two standbys that are promoted, give the next one twice.
 *
 * @param begin where it was begun; {@link Lsn#ZERO} for the first one
 */
public record Timeline(int number, Lsn begin) {

    /** The one that a new server has. */
    public static final Timeline FIRST = new Timeline(1, Lsn.ZERO);

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    static Timeline parse(String text) {
        int at = text.indexOf('@');
        return at < 0
                ? new Timeline(Integer.parseInt(text), Lsn.ZERO)
                : new Timeline(Integer.parseInt(text.substring(0, at)), Lsn.parse(text.substring(at + 1)));
    }

    /** Prints it as in {@code 1} and {@code 2@0/3000060}. */
    @Override
    public String toString() {
        return begin.equals(Lsn.ZERO) ? Integer.toString(number) : number + "@" + begin;
    }
}
