package dev.fullstate.outbox.envelope;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

/**
 * Writes a map as an object.
 *
 * @param order of the keys; null to keep theirs
 */
record EntriesForm(KeyForm key, @Nullable Comparator<@Nullable Object> order, ValueForm value) implements ValueForm {

    @Override
    public void write(Object map, JsonGenerator generator, SerializationContext context) {
        generator.writeStartObject();
        for (Map.Entry<?, ?> entry : entries((Map<?, ?>) map)) {
            key.writeName(entry.getKey(), generator, context);
            ValueForm.writeNullable(value, entry.getValue(), generator, context);
        }
        generator.writeEndObject();
    }

    private Iterable<? extends Map.Entry<?, ?>> entries(Map<?, ?> map) {
        if (order == null || map.size() < 2) {
            return map.entrySet();
        }
        Map.Entry<?, ?>[] sorted = map.entrySet().toArray(new Map.Entry<?, ?>[0]);
        Arrays.sort(sorted, (left, right) -> order.compare(left.getKey(), right.getKey()));
        return Arrays.asList(sorted);
    }
}
