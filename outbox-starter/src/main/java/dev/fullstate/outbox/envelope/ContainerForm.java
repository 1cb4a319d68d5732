package dev.fullstate.outbox.envelope;

import java.lang.reflect.Array;
import java.util.Collection;
import java.util.Map;

/** Makes forms of arrays, collections and maps from the forms of their elements. */
final class ContainerForm {

    private ContainerForm() {}

    static ValueForm ofArray(ValueForm element) {
        return (array, generator, context) -> {
            generator.writeStartArray();
            for (int i = 0; i < Array.getLength(array); i++) {
                ValueForm.writeNullable(element, Array.get(array, i), generator, context);
            }
            generator.writeEndArray();
        };
    }

    static ValueForm ofCollection(ValueForm element) {
        return (collection, generator, context) -> {
            generator.writeStartArray();
            ((Collection<?>) collection).forEach(value -> ValueForm.writeNullable(element, value, generator, context));
            generator.writeEndArray();
        };
    }

    static ValueForm ofMap(KeyForm key, ValueForm element) {
        return (map, generator, context) -> {
            generator.writeStartObject();
            ((Map<?, ?>) map).forEach((name, value) -> {
                key.writeName(name, generator, context);
                ValueForm.writeNullable(element, value, generator, context);
            });
            generator.writeEndObject();
        };
    }
}
