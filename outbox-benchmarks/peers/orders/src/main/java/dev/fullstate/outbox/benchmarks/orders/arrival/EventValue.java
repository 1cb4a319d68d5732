package dev.fullstate.outbox.benchmarks.orders.arrival;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Finds the number of a change in an order's JSON without parsing all of it: the same little work for every application. */
final class EventValue {

    private static final byte[] NAME = "\"deliveryAttempts\":".getBytes(StandardCharsets.US_ASCII);

    private EventValue() {}

    /**
     * {@return how often the delivery of the order was attempted}
     *
     * @throws IllegalArgumentException if the value does not say so, because it is not the state of an order
     */
    static int changeNumber(byte[] json) {
        int digit = endOfName(json);
        int number = 0;
        while (digit < json.length && Character.isDigit(json[digit])) {
            number = number * 10 + json[digit] - '0';
            digit++;
        }
        return number;
    }

    private static int endOfName(byte[] json) {
        for (int start = 0; start + NAME.length < json.length; start++) {
            int end = start + NAME.length;
            if (Arrays.equals(json, start, end, NAME, 0, NAME.length) && Character.isDigit(json[end])) {
                return end;
            }
        }
        throw new IllegalArgumentException(
                "An event of %d bytes that is not the state of an order".formatted(json.length));
    }
}
