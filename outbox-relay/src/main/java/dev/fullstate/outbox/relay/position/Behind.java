package dev.fullstate.outbox.relay.position;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The aggregate types of which less is published than of all others, because their topics take, or took, no events (ADR 32).
 *
 * @param types how far events of each are published
 */
public record Behind(Map<String, Extent> types) {

    /** All types are published up to the same point. */
    public static final Behind NONE = new Behind(Map.of());

    private static final String SEPARATOR = ",";
    private static final char AT = '@';

    public Behind {
        types = Map.copyOf(types);
    }

    public boolean isEmpty() {
        return types.isEmpty();
    }

    /** Returns the position up to which events of all types are published, if those that are not behind are up to this one. */
    public Lsn lowest(Lsn others) {
        Lsn lowest = others;
        for (Extent extent : types.values()) {
            lowest = lowest.isAfter(extent.through()) ? extent.through() : lowest;
        }
        return lowest;
    }

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    static Behind parse(String text) {
        SortedMap<String, Extent> types = new TreeMap<>();
        for (String each : text.split(SEPARATOR, -1)) {
            int at = each.indexOf(AT);
            if (at < 0) {
                throw new IllegalArgumentException("Not a type and its position: '" + each + "'");
            }
            types.put(
                    URLDecoder.decode(each.substring(0, at), StandardCharsets.UTF_8),
                    Extent.parse(each.substring(at + 1)));
        }
        return new Behind(types);
    }

    /** Prints the types with their positions, without a space, as in {@code invoice@0/16B3748,order%2Fline@0/16B3748}. */
    @Override
    public String toString() {
        return new TreeMap<>(types)
                .entrySet().stream()
                        .map(type -> URLEncoder.encode(type.getKey(), StandardCharsets.UTF_8) + AT + type.getValue())
                        .collect(Collectors.joining(SEPARATOR));
    }
}
