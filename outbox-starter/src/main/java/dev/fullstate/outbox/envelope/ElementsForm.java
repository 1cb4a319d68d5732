package dev.fullstate.outbox.envelope;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

/**
 * Writes a collection, or an array of objects, as an array.
 *
 * @param order of the elements; null to keep theirs
 */
record ElementsForm(ValueForm element, @Nullable Comparator<@Nullable Object> order) implements ValueForm {

    @Override
    public void write(Object value, JsonGenerator generator, SerializationContext context) {
        generator.writeStartArray();
        for (Object each : elements(value)) {
            ValueForm.writeNullable(element, each, generator, context);
        }
        generator.writeEndArray();
    }

    private Iterable<?> elements(Object value) {
        if (value instanceof Object[] array) {
            return Arrays.asList(array);
        }
        Collection<?> elements = value instanceof Map<?, ?> map ? map.values() : (Collection<?>) value;
        if (order == null || elements.size() < 2) {
            return elements;
        }
        Object[] sorted = elements.toArray();
        Arrays.sort(sorted, order);
        return Arrays.asList(sorted);
    }
}
