package dev.fullstate.outbox.envelope;

import java.util.Comparator;
import java.util.UUID;
import java.util.function.Function;

/**
 * Orders values for which the mapping has no order: numbers, texts and times by their own order, everything else by its text as
 * JSON.
 *
 * @param json writes a value
 */
record ValueOrder(Function<Object, String> json) implements Comparator<Object> {

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public int compare(Object left, Object right) {
        if (left instanceof Comparable comparable && left.getClass() == right.getClass() && isOfTheJdk(left)) {
            return comparable.compareTo(right);
        }
        return json.apply(left).compareTo(json.apply(right));
    }

    /**
     * Returns whether the value's own order agrees with {@code equals} and with the order that a reader of the JSON expects. A
     * UUID's does not.
     */
    private static boolean isOfTheJdk(Object value) {
        return value.getClass().getName().startsWith("java.") && !(value instanceof UUID);
    }
}
