package dev.fullstate.outbox.aggregate;

import org.hibernate.metamodel.mapping.CollectionPart;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedCollectionPart;
import org.hibernate.metamodel.mapping.internal.EntityCollectionPart;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.ColumnTypes;

/** The keys of maps that are not basic values. */
final class MapKeys {

    private MapKeys() {}

    /**
     * Returns the text form of a map's keys; null if they are basic values.
     *
     * @throws AggregateMappingException if the keys have no text form
     */
    static @Nullable MapKey of(EntityPersister entity, PluralAttributeMapping map, String path, ColumnTypes columns) {
        CollectionPart key = map.getIndexDescriptor();
        if (key instanceof EntityCollectionPart part) {
            EntityPersister target = part.getAssociatedEntityMappingType().getEntityPersister();
            TextForm id = TextForm.of(target.getIdentifierMapping(), columns);
            if (id == null) {
                throw Refusals.keyWithoutText(entity, path, map);
            }
            return value -> id.write(id(target, value));
        }
        if (key instanceof EmbeddedCollectionPart part) {
            TextForm form = TextForm.of(part.getEmbeddableTypeDescriptor(), columns);
            if (form == null) {
                throw Refusals.keyWithoutText(entity, path, map);
            }
            return form::write;
        }
        return null;
    }

    private static Object id(EntityPersister type, Object entity) {
        LazyInitializer proxy = HibernateProxy.extractLazyInitializer(entity);
        return proxy == null ? type.getIdentifier(entity) : proxy.getInternalIdentifier();
    }
}
