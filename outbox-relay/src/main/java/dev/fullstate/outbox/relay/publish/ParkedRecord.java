package dev.fullstate.outbox.relay.publish;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.relay.parking.Parked;

/** The parked aggregates at a position, as JSON. */
final class ParkedRecord {

    /** A member that is missing or unknown may decide which events are published: neither is passed over. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private ParkedRecord() {}

    static String format(Parked parked) {
        return JSON.writeValueAsString(parked);
    }

    /**
     * Reads what {@link #format} has written.
     *
     * @throws IllegalArgumentException or a {@link tools.jackson.core.JacksonException} if the text is something else
     */
    static Parked parse(String text) {
        Parked parked = JSON.readValue(text, Parked.class);
        if (parked == null) {
            throw new IllegalArgumentException("Not parked aggregates: '" + text + "'");
        }
        return parked;
    }
}
