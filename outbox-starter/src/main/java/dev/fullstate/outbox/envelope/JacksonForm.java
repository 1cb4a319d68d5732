package dev.fullstate.outbox.envelope;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.impl.PropertySerializerMap;

/** Writes a value as Jackson does, with the annotations of the value's property. */
final class JacksonForm implements ValueForm {

    private final @Nullable BeanPropertyWriter property;
    private final @Nullable ValueSerializer<Object> serializer;
    private final @Nullable TypeSerializer types;

    /** The type of the property. A getter's may differ from that of the attribute that it stands for. */
    private final Class<?> held;

    /** Each map is immutable, so a race between threads costs at most a second search for a serializer. */
    private PropertySerializerMap serializers = PropertySerializerMap.emptyForProperties();

    /**
     * Creates the form.
     *
     * @param property whose annotations count; null if there is none
     * @param whole whether the form writes values of the property, and not elements of them
     */
    JacksonForm(@Nullable BeanPropertyWriter property, boolean whole) {
        this.property = property;
        this.serializer = whole && property != null ? property.getSerializer() : null;
        this.types = whole && property != null ? property.getTypeSerializer() : null;
        this.held = property == null
                ? Object.class
                : ClassUtils.resolvePrimitiveIfNecessary(property.getType().getRawClass());
    }

    @Override
    public void write(Object value, JsonGenerator generator, SerializationContext context) {
        ValueSerializer<Object> found =
                serializer == null || !held.isInstance(value) ? serializer(value.getClass(), context) : serializer;
        if (types == null) {
            found.serialize(value, generator, context);
        } else {
            found.serializeWithType(value, generator, context, types);
        }
    }

    private ValueSerializer<Object> serializer(Class<?> type, SerializationContext context) {
        ValueSerializer<Object> known = serializers.serializerFor(type);
        if (known != null) {
            return known;
        }
        var found = serializers.findAndAddPrimarySerializer(specialized(type, context), context, property);
        serializers = found.map;
        return found.serializer;
    }

    /** Returns the type with the type arguments of the declaration. */
    private JavaType specialized(Class<?> type, SerializationContext context) {
        JavaType declared = property == null ? null : property.getType();
        return declared != null
                        && (declared.isContainerType() || declared.containedTypeCount() > 0)
                        && declared.getRawClass().isAssignableFrom(type)
                ? context.constructSpecializedType(declared, type)
                : context.constructType(type);
    }
}
