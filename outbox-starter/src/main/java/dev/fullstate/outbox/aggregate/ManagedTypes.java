package dev.fullstate.outbox.aggregate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.metamodel.model.domain.ManagedDomainType;
import org.hibernate.persister.entity.EntityPersister;

import dev.fullstate.outbox.aggregate.Attribute.Role;

/** The Java types that the resolver has come across, with the attributes found so far. */
final class ManagedTypes {

    private final SessionFactoryImplementor sessionFactory;
    private final Map<Class<?>, Map<String, Attribute>> attributes = new LinkedHashMap<>();

    ManagedTypes(SessionFactoryImplementor sessionFactory) {
        this.sessionFactory = sessionFactory;
    }

    Map<String, Attribute> of(EntityPersister entity) {
        return of(entity.getMappedClass());
    }

    /** Those of an embeddable and of all its subclasses, which Hibernate maps as one. */
    Map<String, Attribute> of(EmbeddableMappingType embeddable) {
        Class<?> javaType = embeddable.getMappedJavaType().getJavaTypeClass();
        Map<String, Attribute> found = of(javaType);
        if (embeddable.isPolymorphic()) {
            shareWithSubclasses(sessionFactory.getJpaMetamodel().embeddable(javaType), found);
        }
        return found;
    }

    private Map<String, Attribute> of(Class<?> javaType) {
        return attributes.computeIfAbsent(javaType, type -> new LinkedHashMap<>());
    }

    private void shareWithSubclasses(ManagedDomainType<?> embeddable, Map<String, Attribute> found) {
        embeddable.getSubTypes().forEach(subtype -> {
            attributes.put(subtype.getJavaType(), found);
            shareWithSubclasses(subtype, found);
        });
    }

    /** Adds what an id is made of: all of it is written, also the id of an owner. */
    void addId(EmbeddableMappingType id) {
        Map<String, Attribute> found = of(id);
        id.forEachAttributeMapping(mapping -> {
            String name = mapping.getAttributeName();
            if (mapping instanceof EmbeddedAttributeMapping embedded) {
                addId(embedded.getEmbeddableTypeDescriptor());
            }
            found.putIfAbsent(
                    name,
                    mapping instanceof ToOneAttributeMapping toOne
                            ? new Attribute(name, Role.REFERENCE, toOne, target(toOne))
                            : Attribute.value(name, mapping));
        });
    }

    static EntityPersister target(ToOneAttributeMapping toOne) {
        return toOne.getAssociatedEntityMappingType().getEntityPersister();
    }

    Map<Class<?>, ManagedType> all() {
        Map<Class<?>, ManagedType> all = new LinkedHashMap<>();
        attributes.forEach((type, found) -> all.put(type, new ManagedType(type, found)));
        return all;
    }
}
