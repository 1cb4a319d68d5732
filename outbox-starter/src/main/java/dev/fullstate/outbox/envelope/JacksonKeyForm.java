package dev.fullstate.outbox.envelope;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.impl.PropertySerializerMap;

/** Writes a key as Jackson does, with the annotations of its map. */
final class JacksonKeyForm implements KeyForm {

    private final BeanPropertyWriter property;

    /** Each map is immutable, so a race between threads costs at most a second search for a serializer. */
    private PropertySerializerMap serializers = PropertySerializerMap.emptyForProperties();

    JacksonKeyForm(BeanPropertyWriter property) {
        this.property = property;
    }

    @Override
    public void writeName(Object key, JsonGenerator generator, SerializationContext context) {
        ValueSerializer<Object> serializer = serializers.serializerFor(key.getClass());
        if (serializer == null) {
            var found = serializers.findAndAddKeySerializer(key.getClass(), context, property);
            serializers = found.map;
            serializer = found.serializer;
        }
        serializer.serialize(key, generator, context);
    }
}
