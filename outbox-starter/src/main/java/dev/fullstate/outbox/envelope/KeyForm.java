package dev.fullstate.outbox.envelope;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

/** Writes the key of a map as the name of a member. Thread-safe. */
@FunctionalInterface
interface KeyForm {

    void writeName(Object key, JsonGenerator generator, SerializationContext context);
}
