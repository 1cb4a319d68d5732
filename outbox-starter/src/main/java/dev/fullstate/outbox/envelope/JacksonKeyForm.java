package dev.fullstate.outbox.envelope;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.impl.PropertySerializerMap;

/** A key as Jackson writes it, with the annotations of the map that it is in. */
final class JacksonKeyForm implements KeyForm {

    private final BeanPropertyWriter property;
    /** Immutable each time; a serializer that another thread has found in the meantime is found again. */
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
