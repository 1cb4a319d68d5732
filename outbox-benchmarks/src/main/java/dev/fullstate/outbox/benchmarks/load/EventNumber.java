package dev.fullstate.outbox.benchmarks.load;

/**
 * The number of an event within its backlog, at a fixed place of its payload: the number arrives with the payload, and shows which events
 * were lost, repeated or put out of order.
 */
public final class EventNumber {

    private static final String START = "{\"n\":\"";
    private static final int DIGITS = 10;

    private EventNumber() {}

    /** {@return the beginning of a JSON object, up to and including the member with the number} */
    static String member(int number) {
        String digits = Integer.toString(number);
        return START + "0".repeat(DIGITS - digits.length()) + digits + "\"";
    }

    /**
     * Reads the number back.
     *
     * @throws IllegalArgumentException if the value is not a payload of this package
     */
    public static int of(byte[] payload) {
        int number = 0;
        int end = START.length() + DIGITS;
        if (payload.length < end) {
            throw new IllegalArgumentException("A record of " + payload.length + " bytes is not one of the backlog's");
        }
        for (int i = START.length(); i < end; i++) {
            int digit = payload[i] - '0';
            if (digit < 0 || digit > 9) {
                throw new IllegalArgumentException("A record has no number where the backlog's records have it");
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
