package dev.fullstate.outbox.admin;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.republish.InvalidRepublishRequestException;
import dev.fullstate.outbox.republish.RepublishRequest;

/**
 * Reads requests from JSON, and refuses members that it does not know: a caller who misspelt the name of a limit does not want a job for
 * all.
 */
final class RequestBodies {

    private static final Set<String> NAMES =
            Set.of("aggregateTypes", "ids", "changedSince", "ratePerSecond", "dryRun", "tombstones");

    /** Enough for the ids that a job takes at most, at 400 bytes each. */
    private static final int MAX_BYTES = 4_000_000;

    /** A mapper of our own: the application's configuration changes nothing here. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private RequestBodies() {}

    /**
     * Reads the body of a request. A body is optional.
     *
     * @throws InvalidRepublishRequestException for values that do not go together
     * @throws ResponseStatusException for any other defect of the request, and for a body that is too long, or not declared as
     *     JSON. A filter may have read the body of a form already: it would look like no body, and start a job for all
     */
    static RepublishRequest read(HttpServletRequest request) throws IOException {
        byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            throw new ResponseStatusException(
                    HttpStatus.CONTENT_TOO_LARGE, "The body is longer than " + MAX_BYTES + " bytes");
        }
        String contentType = request.getContentType();
        if (contentType == null ? body.length > 0 : !isJson(contentType)) {
            throw new ResponseStatusException(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json, but is " + contentType);
        }
        return parse(body.length == 0 ? Map.of() : object(body));
    }

    private static boolean isJson(String contentType) {
        try {
            return MediaType.APPLICATION_JSON.isCompatibleWith(MediaType.parseMediaType(contentType));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private static Map<String, @Nullable Object> object(byte[] body) {
        try {
            Map<String, @Nullable Object> object = JSON.readValue(body, new TypeReference<>() {});
            if (object != null) {
                return object;
            }
        } catch (JacksonException e) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "The body is not a JSON object", e);
        }
        throw badRequest("The body is not a JSON object");
    }

    /**
     * @throws InvalidRepublishRequestException for values that do not go together
     * @throws ResponseStatusException for names that are unknown, and values of another type
     */
    static RepublishRequest parse(Map<String, @Nullable Object> body) {
        Set<String> unknown = new TreeSet<>(body.keySet());
        unknown.removeAll(NAMES);
        if (!unknown.isEmpty()) {
            throw badRequest("Unknown " + unknown + "; known are " + new TreeSet<>(NAMES));
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
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, message(name, expected), e);
        }
    }

    /** Refuses null too: it may mean all, or none. */
    private static <T> @Nullable T value(
            Map<String, @Nullable Object> body, String name, Class<T> type, String expected) {
        Object value = body.get(name);
        if (!type.isInstance(value) && body.containsKey(name)) {
            throw wrong(name, expected);
        }
        return type.cast(value);
    }

    private static ResponseStatusException wrong(String name, String expected) {
        return badRequest(message(name, expected));
    }

    private static ResponseStatusException badRequest(String message) {
        return new ResponseStatusException(HttpStatus.BAD_REQUEST, message);
    }

    private static String message(String name, String expected) {
        return "'" + name + "' must be " + expected;
    }
}
