package dev.fullstate.outbox.relay.position;

import java.util.Locale;

/**
 * A position in PostgreSQL's write-ahead log: a byte offset, unsigned, written as two hexadecimal halves ({@code 16/B374D848}).
 *
 * <p>Positions that are confirmed are always ends of commits, never the position of a row: rows of one statement may share
 * one, and those of interleaved transactions are in no order.
 *
 * @param value the offset in bytes, to be read as unsigned
 */
public record Lsn(long value) implements Comparable<Lsn> {

    /** PostgreSQL's invalid position; where a stream is started at it, the server continues at the slot's own position. */
    public static final Lsn ZERO = new Lsn(0);

    private static final int HALF_BITS = 32;
    private static final int HEX = 16;

    /**
     * Reads PostgreSQL's notation.
     *
     * @throws IllegalArgumentException if the text is not a position
     */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1) {
            throw new IllegalArgumentException(
                    "Not an LSN: '" + text + "'; expected two hexadecimal numbers and a slash");
        }
        try {
            long high = Integer.parseUnsignedInt(text, 0, slash, HEX);
            long low = Integer.toUnsignedLong(Integer.parseUnsignedInt(text, slash + 1, text.length(), HEX));
            return new Lsn(high << HALF_BITS | low);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "Not an LSN: '" + text + "'; expected two hexadecimal numbers and a slash", e);
        }
    }

    public boolean isAfter(Lsn other) {
        return compareTo(other) > 0;
    }

    /** Bytes of WAL from the other position, which must not be after this one, to this. */
    public long bytesSince(Lsn other) {
        return value - other.value;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return (Integer.toHexString((int) (value >>> HALF_BITS)) + "/" + Integer.toHexString((int) value))
                .toUpperCase(Locale.ROOT);
    }
}
