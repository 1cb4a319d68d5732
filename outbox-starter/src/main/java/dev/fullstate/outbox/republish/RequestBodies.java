package dev.fullstate.outbox.republish;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * A request as JSON. What is asked for and not understood is refused: a job for all is not what someone wanted who misspelt the
 * name of a limit.
 */
final class RequestBodies {

    private static final Set<String> NAMES =
            Set.of("aggregateTypes", "ids", "changedSince", "ratePerSecond", "dryRun", "tombstones");

    private RequestBodies() {}

    /** @throws InvalidRepublishRequestException for anything that is not as it should be */
    static RepublishRequest parse(Map<String, @Nullable Object> body) {
        Set<String> unknown = new TreeSet<>(body.keySet());
        unknown.removeAll(NAMES);
        if (!unknown.isEmpty()) {
            throw new InvalidRepublishRequestException(
                    "Unknown " + unknown + "; what can be given is " + new TreeSet<>(NAMES));
        }
        List<String> aggregateTypes = strings(body, "aggregateTypes");
        return new RepublishRequest(
                aggregateTypes == null ? List.of() : aggregateTypes,
                strings(body, "ids"),
                time(body, "changedSince"),
                value(body, "ratePerSecond", Integer.class, "a whole number"),
                Boolean.TRUE.equals(value(body, "dryRun", Boolean.class, "true or false")),
                Boolean.TRUE.equals(value(body, "tombstones", Boolean.class, "true or false")));
    }

    private static @Nullable List<String> strings(Map<String, @Nullable Object> body, String name) {
        List<?> values = value(body, name, List.class, "a list of strings");
        if (values == null) {
            return null;
        }
        if (!values.stream().allMatch(String.class::isInstance)) {
            throw wrong(name, "a list of strings");
        }
        return values.stream().map(String.class::cast).toList();
    }

    private static @Nullable Instant time(Map<String, @Nullable Object> body, String name) {
        String expected = "a time with its offset as in 2026-01-31T08:00:00Z";
        String text = value(body, name, String.class, expected);
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new InvalidRepublishRequestException(message(name, expected), e);
        }
    }

    /** What is null is refused too: whoever says null may mean all, or none. */
    private static <T> @Nullable T value(
            Map<String, @Nullable Object> body, String name, Class<T> type, String expected) {
        Object value = body.get(name);
        if (!type.isInstance(value) && body.containsKey(name)) {
            throw wrong(name, expected);
        }
        return type.cast(value);
    }

    private static InvalidRepublishRequestException wrong(String name, String expected) {
        return new InvalidRepublishRequestException(message(name, expected));
    }

    private static String message(String name, String expected) {
        return "'" + name + "' must be " + expected;
    }
}
