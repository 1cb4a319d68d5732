package dev.fullstate.outbox.relay.position;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The aggregate types of which rows of the table wait, because their topics take, or took, no events (ADR 32). Of all others, the position tells
 * which rows are published.
 *
 * @param types the rows of each
 */
public record Waiting(Map<String, Rows> types) {

    /** No rows wait. */
    public static final Waiting NONE = new Waiting(Map.of());

    private static final String SEPARATOR = ";";
    private static final char AT = '@';
    private static final String UNCERTAIN = "?";

    /**
     * Rows of one type.
     *
     * @param fill those that are to be published, and the progress in them
     * @param count of the rows that were passed over and are not published
     * @param areUncertain whether Kafka may have some that are not known to be published
     */
    public record Rows(Fill fill, long count, boolean areUncertain) {

        /** Returns the same with one row more, which was passed over. */
        public Rows withAnother() {
            return new Rows(fill, count + 1, areUncertain);
        }

        /** Returns the rest when some were published. */
        public Rows after(Fill progress, long publishedCount) {
            return new Rows(progress, Math.max(0, count - publishedCount), areUncertain);
        }
    }

    public Waiting {
        types = Map.copyOf(types);
    }

    public boolean isEmpty() {
        return types.isEmpty();
    }

    /** Returns the same without one type, of which no rows wait any more. */
    public Waiting without(String aggregateType) {
        Map<String, Rows> others = new HashMap<>(types);
        others.remove(aggregateType);
        return new Waiting(others);
    }

    /** Returns the same with other rows of one type. */
    public Waiting with(String aggregateType, Rows rows) {
        Map<String, Rows> all = new HashMap<>(types);
        all.put(aggregateType, rows);
        return new Waiting(all);
    }

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    static Waiting parse(String text) {
        SortedMap<String, Rows> types = new TreeMap<>();
        for (String each : text.split(SEPARATOR, -1)) {
            int at = each.indexOf(AT);
            int fill = each.indexOf(AT, at + 1);
            if (at < 1 || fill < 0) {
                throw new IllegalArgumentException("Not a type and its rows: '" + each + "'");
            }
            boolean areUncertain = each.startsWith(UNCERTAIN, at - 1);
            String type = each.substring(0, areUncertain ? at - 1 : at);
            long count = Long.parseLong(each.substring(at + 1, fill));
            types.put(
                    URLDecoder.decode(type, StandardCharsets.UTF_8),
                    new Rows(Fill.parse(each.substring(fill + 1)), count, areUncertain));
        }
        return new Waiting(types);
    }

    /** Prints the types with their rows, without a space, as in {@code invoice@3@1200@735:740:736@700:700:;order%2Fline?@1@17@735:740:736}. */
    @Override
    public String toString() {
        return new TreeMap<>(types)
                .entrySet().stream()
                        .map(type -> URLEncoder.encode(type.getKey(), StandardCharsets.UTF_8)
                                + (type.getValue().areUncertain() ? UNCERTAIN : "")
                                + AT
                                + type.getValue().count()
                                + AT
                                + type.getValue().fill())
                        .collect(Collectors.joining(SEPARATOR));
    }
}
