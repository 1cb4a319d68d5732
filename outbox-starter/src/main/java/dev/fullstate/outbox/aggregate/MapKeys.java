package dev.fullstate.outbox.aggregate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.hibernate.metamodel.mapping.CollectionPart;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedCollectionPart;
import org.hibernate.metamodel.mapping.internal.EntityCollectionPart;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;

/** The keys of maps that are no basic values. */
final class MapKeys {

    private final Map<Class<?>, MapKey> byType = new LinkedHashMap<>();

    /**
     * Adds the key of a collection, if it is a map with such keys.
     *
     * @throws AggregateMappingException if these have no text form
     */
    void add(EntityPersister entity, PluralAttributeMapping plural, String path) {
        CollectionPart key = plural.getIndexDescriptor();
        if (key instanceof EntityCollectionPart part) {
            EntityPersister target = part.getAssociatedEntityMappingType().getEntityPersister();
            TextForm id = TextForm.of(target.getIdentifierMapping());
            if (id == null) {
                throw Refusals.keyWithoutText(entity, path, plural);
            }
            byType.put(target.getMappedClass(), value -> id.write(id(target, value)));
        } else if (key instanceof EmbeddedCollectionPart part) {
            TextForm form = TextForm.of(part.getEmbeddableTypeDescriptor());
            if (form == null) {
                throw Refusals.keyWithoutText(entity, path, plural);
            }
            byType.put(part.getEmbeddableTypeDescriptor().getMappedJavaType().getJavaTypeClass(), form::write);
        }
    }

    private static Object id(EntityPersister type, Object entity) {
        LazyInitializer proxy = HibernateProxy.extractLazyInitializer(entity);
        return proxy == null ? type.getIdentifier(entity) : proxy.getInternalIdentifier();
    }

    Map<Class<?>, MapKey> all() {
        return byType;
    }
}
