package dev.fullstate.outbox.envelope;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

/** Writes a value that is not null as JSON. Thread-safe. */
@FunctionalInterface
interface ValueForm {

    void write(Object value, JsonGenerator generator, SerializationContext context);

    /** Writes a value that may be null; null becomes JSON's null. */
    static void writeNullable(
            ValueForm form,
            @org.jspecify.annotations.Nullable Object value,
            JsonGenerator generator,
            SerializationContext context) {
        if (value == null) {
            generator.writeNull();
        } else {
            form.write(value, generator, context);
        }
    }
}
