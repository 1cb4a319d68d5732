package dev.fullstate.outbox.envelope;

import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

/** Writes the id of the entity that an association leads to, without loading it. */
record ReferenceForm(EntityPersister target, ValueForm id) implements ValueForm {

    @Override
    public void write(Object value, JsonGenerator generator, SerializationContext context) {
        id.write(id(target, value), generator, context);
    }

    static Object id(EntityPersister target, Object entity) {
        LazyInitializer proxy = HibernateProxy.extractLazyInitializer(entity);
        return proxy == null ? target.getIdentifier(entity) : proxy.getInternalIdentifier();
    }
}
