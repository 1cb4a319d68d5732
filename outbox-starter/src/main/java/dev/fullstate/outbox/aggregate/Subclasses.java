package dev.fullstate.outbox.aggregate;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import jakarta.persistence.DiscriminatorColumn;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.DiscriminatorValue;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EntityDiscriminatorMapping;
import org.hibernate.metamodel.model.domain.ManagedDomainType;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Attribute.Column;
import dev.fullstate.outbox.aggregate.Place.Discriminator;

/** The possible classes of an entity or embeddable, and the columns by which the database tells them apart. */
final class Subclasses {

    /** JPA's name for the column that tells classes apart, where the mapping has none. */
    private static final String DEFAULT_DISCRIMINATOR = "dtype";

    private final SessionFactoryImplementor sessionFactory;

    Subclasses(SessionFactoryImplementor sessionFactory) {
        this.sessionFactory = sessionFactory;
    }

    static Discriminator discriminator(EntityPersister entity) {
        EntityDiscriminatorMapping mapping = entity.getDiscriminatorMapping();
        return new Discriminator(
                declaredName(entity.getMappedClass()),
                mapping != null && mapping.hasPhysicalColumn() ? Column.name(mapping) : null);
    }

    static Discriminator discriminator(EmbeddableMappingType embeddable, Class<?> declared) {
        return new Discriminator(declaredName(declared), Column.name(embeddable.getDiscriminatorMapping()));
    }

    private static String declaredName(Class<?> javaType) {
        for (Class<?> type = javaType; type != null; type = type.getSuperclass()) {
            DiscriminatorColumn column = type.getAnnotation(DiscriminatorColumn.class);
            if (column != null && !column.name().isEmpty() && !column.name().equalsIgnoreCase(DEFAULT_DISCRIMINATOR)) {
                return column.name();
            }
        }
        return DEFAULT_DISCRIMINATOR;
    }

    /**
     * Returns the value that tells an entity from the others of its hierarchy: that of its discriminator's column, or else its
     * name.
     */
    @Nullable
    Object nameOf(EntityPersister entity) {
        EntityDiscriminatorMapping mapping = entity.getDiscriminatorMapping();
        if (mapping != null
                && mapping.hasPhysicalColumn()
                && entity.getDiscriminatorValue() != DiscriminatorValue.Special.NOT_NULL) {
            return entity.getDiscriminatorValue().value();
        }
        return sessionFactory.getJpaMetamodel().entity(entity.getEntityName()).getName();
    }

    /** Returns the concrete classes of an embeddable, which Hibernate maps as one. */
    List<Class<?>> of(EmbeddableMappingType embeddable, Class<?> declared) {
        List<Class<?>> types = new ArrayList<>();
        if (embeddable.isPolymorphic()) {
            addSubclasses(sessionFactory.getJpaMetamodel().embeddable(declared), types);
            types.removeIf(type -> Modifier.isAbstract(type.getModifiers()));
        } else {
            types.add(declared);
        }
        return types;
    }

    private static void addSubclasses(ManagedDomainType<?> embeddable, List<Class<?>> types) {
        types.add(embeddable.getJavaType());
        embeddable.getSubTypes().stream()
                .sorted(Comparator.comparing(ManagedDomainType::getTypeName))
                .forEach(subtype -> addSubclasses(subtype, types));
    }
}
