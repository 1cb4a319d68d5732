package dev.fullstate.outbox.relay.position;

/**
 * The amount that is added to the numbers of rows. A database that was restored draws numbers again that consumers know already; rows that have
 * drawn such a number before the sequence could be raised get a higher one on their way.
 *
 * @param upTo rows with a number above were written after the sequence was raised
 * @param by 0 if nothing was ever lost
 */
public record Shift(long upTo, long by) {

    public static final Shift NONE = new Shift(0, 0);

    /** Returns the event's sequence. */
    public long apply(long seq) {
        return seq <= upTo ? seq + by : seq;
    }

    /** Returns the number from which the sequence goes on: above all that are shifted, and all that come of it. */
    public long raisedTo() {
        return upTo + by + 1;
    }

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    static Shift parse(String text) {
        int plus = text.indexOf('+');
        if (plus < 0) {
            throw new IllegalArgumentException("Not a shift: '" + text + "'; expected two numbers and a +");
        }
        return new Shift(Long.parseLong(text.substring(0, plus)), Long.parseLong(text.substring(plus + 1)));
    }

    @Override
    public String toString() {
        return upTo + "+" + by;
    }
}
