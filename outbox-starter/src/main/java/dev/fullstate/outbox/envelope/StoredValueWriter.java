package dev.fullstate.outbox.envelope;

import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.ser.BeanPropertyWriter;

/** Writes a value as the database will have it, which may be less precise than the one in memory. */
final class StoredValueWriter extends BeanPropertyWriter {

    private static final long serialVersionUID = 1L;

    private final transient UnaryOperator<Object> asStored;

    StoredValueWriter(BeanPropertyWriter property, UnaryOperator<Object> asStored) {
        super(property);
        this.asStored = asStored;
    }

    private StoredValueWriter(StoredValueWriter property, PropertyName name) {
        super(property, name);
        this.asStored = property.asStored;
    }

    @Override
    protected BeanPropertyWriter _new(PropertyName name) {
        return new StoredValueWriter(this, name);
    }

    @Override
    public void serializeAsProperty(Object bean, JsonGenerator generator, SerializationContext context)
            throws Exception {
        Object value = get(bean);
        Object stored = value == null ? null : asStored.apply(value);
        if (stored == null || stored == value) {
            super.serializeAsProperty(bean, generator, context);
            return;
        }
        generator.writeName(_name);
        serializer(stored, context).serialize(stored, generator, context);
    }

    private ValueSerializer<Object> serializer(Object value, SerializationContext context) {
        @Nullable ValueSerializer<Object> configured = _serializer;
        return configured != null ? configured : context.findPrimaryPropertySerializer(value.getClass(), this);
    }
}
