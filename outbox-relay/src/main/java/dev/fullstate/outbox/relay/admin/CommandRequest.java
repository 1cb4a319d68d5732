package dev.fullstate.outbox.relay.admin;

import java.io.IOException;
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

import dev.fullstate.outbox.relay.parking.ParkedAggregate;
import dev.fullstate.outbox.relay.position.Lsn;

/**
 * What a command is for. It has to say so: a caller who misspelt a name does not want to give up all events.
 *
 * @param aggregateType null for all aggregates
 * @param aggregateId null for all of the type
 * @param firstSequence of the aggregate; null for any
 */
record CommandRequest(
        @Nullable String aggregateType,
        @Nullable String aggregateId,
        @Nullable Long firstSequence) {

    private static final Set<String> NAMES = Set.of("aggregateType", "aggregateId", "firstSequence", "all");
    private static final String SLOT_POSITION = "slotPosition";
    private static final int MAX_BYTES = 100_000;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /**
     * Reads the body of a request. Only JSON is taken, which no page of another site can have a browser send without asking.
     *
     * @throws ResponseStatusException for any defect of the request
     */
    static CommandRequest read(HttpServletRequest request) throws IOException {
        return of(body(request));
    }

    /**
     * Reads the body of a request that has nothing to say: an empty object, also as JSON.
     *
     * @throws ResponseStatusException for anything else
     */
    static void requireEmpty(HttpServletRequest request) throws IOException {
        if (!body(request).isEmpty()) {
            throw badRequest("The body must be {}");
        }
    }

    /**
     * Reads the body of a request to accept the position of a slot.
     *
     * @throws ResponseStatusException for any defect of the request
     */
    static Lsn readSlotPosition(HttpServletRequest request) throws IOException {
        Map<String, @Nullable Object> body = body(request);
        String position = value(body, SLOT_POSITION, String.class, "a string");
        if (position == null || body.size() > 1) {
            throw badRequest("The body must be {\"" + SLOT_POSITION
                    + "\": \"...\"}, with the position of the slot that is accepted");
        }
        try {
            return Lsn.parse(position);
        } catch (IllegalArgumentException e) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, e.getMessage(), e);
        }
    }

    private static Map<String, @Nullable Object> body(HttpServletRequest request) throws IOException {
        if (!isJson(request.getContentType())) {
            throw new ResponseStatusException(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "The body must be application/json, but is " + request.getContentType());
        }
        byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            throw new ResponseStatusException(
                    HttpStatus.CONTENT_TOO_LARGE, "The body is longer than " + MAX_BYTES + " bytes");
        }
        return object(body);
    }

    boolean isFor(ParkedAggregate parked) {
        return (aggregateType == null || aggregateType.equals(parked.type()))
                && (aggregateId == null || aggregateId.equals(parked.id()))
                && (firstSequence == null || firstSequence == parked.next());
    }

    private static boolean isJson(@Nullable String contentType) {
        try {
            return contentType != null
                    && MediaType.APPLICATION_JSON.isCompatibleWith(MediaType.parseMediaType(contentType));
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

    private static CommandRequest of(Map<String, @Nullable Object> body) {
        Set<String> unknown = new TreeSet<>(body.keySet());
        unknown.removeAll(NAMES);
        if (!unknown.isEmpty()) {
            throw badRequest("Unknown " + unknown + "; known are " + new TreeSet<>(NAMES));
        }
        String type = value(body, "aggregateType", String.class, "a string");
        String id = value(body, "aggregateId", String.class, "a string");
        Number first = value(body, "firstSequence", Number.class, "a whole number");
        boolean all = Boolean.TRUE.equals(value(body, "all", Boolean.class, "true or false"));
        if (all == (type != null)) {
            throw badRequest(
                    "The command is for one aggregate {\"aggregateType\": \"...\", \"aggregateId\": \"...\"}, for all"
                            + " of a type {\"aggregateType\": \"...\"}, or for all {\"all\": true}");
        }
        if (id != null && type == null) {
            throw badRequest("'aggregateId' needs an 'aggregateType'");
        }
        if (first != null && (id == null || !(first instanceof Integer || first instanceof Long))) {
            throw badRequest("'firstSequence' must be a whole number, and needs an 'aggregateId'");
        }
        return new CommandRequest(type, id, first == null ? null : first.longValue());
    }

    private static <T> @Nullable T value(
            Map<String, @Nullable Object> body, String name, Class<T> type, String expected) {
        Object value = body.get(name);
        if (!type.isInstance(value) && body.containsKey(name)) {
            throw badRequest("'" + name + "' must be " + expected);
        }
        return type.cast(value);
    }

    private static ResponseStatusException badRequest(String message) {
        return new ResponseStatusException(HttpStatus.BAD_REQUEST, message);
    }
}
