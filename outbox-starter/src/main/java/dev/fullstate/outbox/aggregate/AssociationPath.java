package dev.fullstate.outbox.aggregate;

import java.util.ArrayList;
import java.util.List;

import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.metamodel.mapping.ManagedMappingType;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * The path from an entity to an association with one other entity: through an attribute, an embeddable, or the id.
 *
 * @param stateAttribute the attribute of the entity's state that the path begins with; null if the association is part of the id,
 *     which Hibernate keeps in the entity and not in its state
 * @param steps from there to the association
 */
public record AssociationPath(@Nullable String stateAttribute, List<Step> steps) {

    /** A step from an entity or embeddable to the value of one of its attributes. */
    @FunctionalInterface
    public interface Step {

        @Nullable
        Object from(Object holder);
    }

    /**
     * Returns the entity at the other end, or a proxy of it; null if there is none, or if it is not known.
     *
     * @param instance the entity, of which only the id is read
     * @param state the entity's attributes at the time in question
     */
    public @Nullable Object read(EntityPersister entity, Object instance, Object @Nullable [] state) {
        Object value = instance;
        if (stateAttribute != null) {
            value = state == null ? null : state[entity.getPropertyIndex(stateAttribute)];
            value = value == LazyPropertyInitializer.UNFETCHED_PROPERTY ? null : value;
        }
        for (Step step : steps) {
            value = value == null ? null : step.from(value);
        }
        return value;
    }

    /**
     * Finds the path to an association.
     *
     * @param path attributes, joined by dots
     * @return null if the attributes do not lead to an association with one entity
     */
    static @Nullable AssociationPath find(EntityPersister entity, String path) {
        List<String> names = List.of(path.split("\\."));
        String first = names.get(0);
        EntityIdentifierMapping id = entity.getIdentifierMapping();
        List<String> rest = names.subList(1, names.size());
        if (List.of(entity.getPropertyNames()).contains(first)) {
            return find(first, new ArrayList<>(), entity.findAttributeMapping(first), rest);
        }
        if (id instanceof NonAggregatedIdentifierMapping several) {
            AttributeMapping attribute = several.getVirtualIdEmbeddable().findAttributeMapping(first);
            return attribute == null ? null : find(null, stepsTo(attribute), attribute, rest);
        }
        if (id instanceof CompositeIdentifierMapping composite && first.equals(id.getAttributeName())) {
            AttributeMapping attribute =
                    rest.isEmpty() ? null : composite.getPartMappingType().findAttributeMapping(rest.get(0));
            if (attribute != null) {
                List<Step> steps = new ArrayList<>(List.of(composite::getIdentifier));
                steps.addAll(stepsTo(attribute));
                return find(null, steps, attribute, rest.subList(1, rest.size()));
            }
        }
        return null;
    }

    private static @Nullable AssociationPath find(
            @Nullable String stateAttribute, List<Step> steps, @Nullable AttributeMapping start, List<String> rest) {
        AttributeMapping attribute = start;
        for (String name : rest) {
            ManagedMappingType embeddable = attribute instanceof EmbeddedAttributeMapping embedded
                    ? embedded.getEmbeddableTypeDescriptor()
                    : null;
            attribute = embeddable == null ? null : embeddable.findAttributeMapping(name);
            if (attribute == null) {
                return null;
            }
            steps.addAll(stepsTo(attribute));
        }
        return attribute instanceof ToOneAttributeMapping
                ? new AssociationPath(stateAttribute, List.copyOf(steps))
                : null;
    }

    private static List<Step> stepsTo(AttributeMapping attribute) {
        Step step = attribute.getPropertyAccess().getGetter()::get;
        return new ArrayList<>(List.of(step));
    }
}
