package dev.fullstate.outbox.relay.publish;

import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.relay.parking.Parked;

/** The parked aggregates at a position, as JSON. */
final class ParkedRecord {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ParkedRecord() {}

    static String format(Parked parked) {
        return JSON.writeValueAsString(parked);
    }

    /**
     * Reads what {@link #format} has written.
     *
     * @throws tools.jackson.core.JacksonException if the text is something else
     */
    static Parked parse(String text) {
        return JSON.readValue(text, Parked.class);
    }
}
