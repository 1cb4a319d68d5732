package dev.fullstate.outbox.relay.position;

/**
 * The place of an event in the stream: unique, and in the order of publication.
 *
 * @param commitLsn of the transaction; rows have no usable position of their own
 * @param index of the event in its transaction, from 0
 */
public record Position(Lsn commitLsn, long index) {

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is not a position
     */
    static Position parse(String text) {
        int hash = text.indexOf('#');
        if (hash < 0) {
            throw new IllegalArgumentException("Not a position: '" + text + "'; expected an LSN, a # and a number");
        }
        return new Position(Lsn.parse(text.substring(0, hash)), Long.parseLong(text.substring(hash + 1)));
    }

    boolean isAfter(Position other) {
        return commitLsn.isAfter(other.commitLsn) || (commitLsn.equals(other.commitLsn) && index > other.index);
    }

    @Override
    public String toString() {
        return commitLsn + "#" + index;
    }
}
