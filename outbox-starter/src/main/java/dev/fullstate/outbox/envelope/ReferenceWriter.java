package dev.fullstate.outbox.envelope;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.BeanPropertyWriter;

import dev.fullstate.outbox.aggregate.Attribute;

/** Writes the id of what an association points to, without loading it. */
final class ReferenceWriter extends BeanPropertyWriter {

    private static final long serialVersionUID = 1L;

    private final transient Attribute attribute;

    ReferenceWriter(BeanPropertyWriter property, PropertyName name, Attribute attribute) {
        super(property, name);
        this.attribute = attribute;
    }

    @Override
    protected BeanPropertyWriter _new(PropertyName name) {
        return new ReferenceWriter(this, name, attribute);
    }

    @Override
    public void serializeAsProperty(Object bean, JsonGenerator generator, SerializationContext context)
            throws Exception {
        LazyAttributeWriter.load(bean, attribute);
        generator.writeName(_name);
        context.writeValue(generator, reference(get(bean)));
    }

    private @Nullable Object reference(@Nullable Object value) {
        if (value instanceof Collection<?> several) {
            return ids(several);
        }
        if (value instanceof Map<?, ?> several) {
            return hasKeysOfItsOwn() ? idsByKey(several) : ids(several.values());
        }
        return value == null ? null : id(value);
    }

    /** Keys that are an attribute of what they lead to are not the aggregate's; they change without it. */
    private boolean hasKeysOfItsOwn() {
        return attribute.mapping() instanceof PluralAttributeMapping plural
                && plural.getIndexMetadata().getIndexPropertyName() == null;
    }

    private Map<Object, Object> idsByKey(Map<?, ?> entities) {
        Map<Object, Object> ids = new LinkedHashMap<>();
        entities.forEach((key, entity) -> ids.put(key, id(entity)));
        return ids;
    }

    private List<Object> ids(Collection<?> entities) {
        List<Object> ids = new ArrayList<>(entities.size());
        entities.forEach(entity -> ids.add(id(entity)));
        return ids;
    }

    private Object id(Object entity) {
        LazyInitializer proxy = HibernateProxy.extractLazyInitializer(entity);
        if (proxy != null) {
            return proxy.getInternalIdentifier();
        }
        EntityPersister target = attribute.target();
        if (target == null) {
            throw new IllegalStateException("Attribute '" + attribute.name() + "' is no association");
        }
        return target.getIdentifier(entity);
    }
}
