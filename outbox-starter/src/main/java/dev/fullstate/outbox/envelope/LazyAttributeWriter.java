package dev.fullstate.outbox.envelope;

import org.hibernate.bytecode.enhance.spi.interceptor.BytecodeLazyAttributeInterceptor;
import org.hibernate.engine.spi.PersistentAttributeInterceptable;
import org.hibernate.engine.spi.PersistentAttributeInterceptor;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.util.NameTransformer;

import dev.fullstate.outbox.aggregate.Attribute;

/**
 * Writes an attribute of an entity whose attributes load when they are asked for, by Hibernate's bytecode enhancement.
 * Jackson reads past that, and would find nothing.
 */
final class LazyAttributeWriter extends BeanPropertyWriter {

    private static final long serialVersionUID = 1L;

    private final BeanPropertyWriter property;
    private final transient Attribute attribute;

    private LazyAttributeWriter(BeanPropertyWriter property, Attribute attribute) {
        super(property);
        this.property = property;
        this.attribute = attribute;
    }

    static BeanPropertyWriter ifNeeded(BeanPropertyWriter property, Attribute attribute, Class<?> beanClass) {
        return PersistentAttributeInterceptable.class.isAssignableFrom(beanClass)
                ? new LazyAttributeWriter(property, attribute)
                : property;
    }

    @Override
    public BeanPropertyWriter rename(NameTransformer transformer) {
        return new LazyAttributeWriter(property.rename(transformer), attribute);
    }

    @Override
    public void assignSerializer(ValueSerializer<Object> serializer) {
        property.assignSerializer(serializer);
    }

    @Override
    public void assignNullSerializer(ValueSerializer<Object> serializer) {
        property.assignNullSerializer(serializer);
    }

    @Override
    public boolean isUnwrapping() {
        return property.isUnwrapping();
    }

    @Override
    public void serializeAsProperty(Object bean, JsonGenerator generator, SerializationContext context)
            throws Exception {
        load(bean, attribute);
        property.serializeAsProperty(bean, generator, context);
    }

    /** Loads an attribute that is not loaded yet, or the entity as a whole, where it only stands in for itself. */
    static void load(Object bean, Attribute attribute) {
        PersistentAttributeInterceptor interceptor = bean instanceof PersistentAttributeInterceptable enhanced
                ? enhanced.$$_hibernate_getInterceptor()
                : null;
        if (interceptor instanceof BytecodeLazyAttributeInterceptor lazy && !lazy.isAttributeLoaded(attribute.name())) {
            interceptor.readObject(bean, attribute.name(), null);
        }
    }
}
