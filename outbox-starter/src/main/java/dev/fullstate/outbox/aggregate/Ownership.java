package dev.fullstate.outbox.aggregate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.hibernate.engine.spi.CascadeStyle;
import org.hibernate.engine.spi.CascadingActions;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.ManagedMappingType;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EntityCollectionPart;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Knows which entity owns which, and which attributes refer back to an owner. That is found before any attribute's role is: a
 * part may refer to its own kind, or to owners of several kinds.
 */
final class Ownership {

    private final SessionFactoryImplementor sessionFactory;
    private final Roots roots;

    /** Complete once the object is constructed; the two fields below are only used until then. */
    private final Set<String> backReferences = new HashSet<>();

    private final Set<String> seen = new HashSet<>();
    private final Deque<EntityPersister> toSee = new ArrayDeque<>();

    Ownership(SessionFactoryImplementor sessionFactory, Roots roots) {
        this.sessionFactory = sessionFactory;
        this.roots = roots;
        toSee.addAll(roots.topmost());
        while (!toSee.isEmpty()) {
            for (EntityPersister entity : hierarchy(toSee.remove())) {
                if (seen.add(entity.getEntityName())) {
                    see(entity);
                }
            }
        }
    }

    private void see(ManagedMappingType container) {
        container.forEachAttributeMapping(attribute -> {
            if (attribute instanceof EmbeddedAttributeMapping embedded) {
                see(embedded.getEmbeddableTypeDescriptor());
            }
            EntityPersister target = target(attribute);
            if (target != null && isOwned(attribute, target)) {
                String mappedBy = mappedBy(attribute, target);
                if (mappedBy != null) {
                    hierarchy(target).forEach(part -> backReferences.add(part.getEntityName() + "#" + mappedBy));
                }
                toSee.add(target);
            }
        });
    }

    /** Returns the entity at the other end. */
    static EntityPersister target(ToOneAttributeMapping toOne) {
        return toOne.getAssociatedEntityMappingType().getEntityPersister();
    }

    private static @Nullable EntityPersister target(AttributeMapping attribute) {
        if (attribute instanceof ToOneAttributeMapping toOne) {
            return target(toOne);
        }
        return attribute instanceof PluralAttributeMapping plural
                        && plural.getElementDescriptor() instanceof EntityCollectionPart element
                ? element.getAssociatedEntityMappingType().getEntityPersister()
                : null;
    }

    /** Returns an entity and those that extend it. */
    List<EntityPersister> hierarchy(EntityPersister entity) {
        return entity.getSubclassEntityNames().stream()
                .map(name -> sessionFactory.getMappingMetamodel().getEntityDescriptor(name))
                .toList();
    }

    /** Returns whether the target of an association cannot live without its owner. */
    boolean isOwned(AttributeMapping association, EntityPersister target) {
        CascadeStyle cascade = association.getAttributeMetadata().getCascadeStyle();
        boolean cascades = cascade.doCascade(CascadingActions.REMOVE) || cascade.hasOrphanDelete();
        return cascades && !roots.contains(target);
    }

    /** Returns whether an attribute of a part leads to an owner. */
    boolean isBackReference(EntityPersister part, String path) {
        return backReferences.contains(part.getEntityName() + "#" + path);
    }

    /** Returns the attribute at the other end that an association is mapped by; null if the association has its own columns. */
    static @Nullable String mappedBy(AttributeMapping association, EntityMappingType target) {
        if (association instanceof PluralAttributeMapping plural) {
            return plural.getCollectionDescriptor().getMappedByProperty();
        }
        return association instanceof ToOneAttributeMapping toOne && isInverse(toOne)
                ? owningSide(toOne, target)
                : null;
    }

    /** Returns whether neither side of a one-to-one has a foreign key of its own, because both entities have one id. */
    static boolean sharesId(AttributeMapping association) {
        return association instanceof ToOneAttributeMapping toOne
                && toOne.getCardinality() == ToOneAttributeMapping.Cardinality.ONE_TO_ONE
                && toOne.getReferencedPropertyName() == null;
    }

    static boolean isInverse(ToOneAttributeMapping toOne) {
        return toOne.getSideNature() == ForeignKeyDescriptor.Nature.TARGET;
    }

    /** Returns the attribute at the other end of an inverse one-to-one: the one that shares its foreign key. */
    private static @Nullable String owningSide(ToOneAttributeMapping inverse, EntityMappingType target) {
        String name = owningSide(inverse, target, "");
        return name == null && target.getIdentifierMapping() instanceof NonAggregatedIdentifierMapping several
                ? owningSide(inverse, several.getVirtualIdEmbeddable(), "")
                : name;
    }

    private static @Nullable String owningSide(
            ToOneAttributeMapping inverse, ManagedMappingType container, String path) {
        for (int i = 0; i < container.getNumberOfAttributeMappings(); i++) {
            AttributeMapping candidate = container.getAttributeMapping(i);
            String name = path + candidate.getAttributeName();
            if (candidate instanceof ToOneAttributeMapping toOne
                    && toOne.getForeignKeyDescriptor() == inverse.getForeignKeyDescriptor()) {
                return name;
            }
            String inside = candidate instanceof EmbeddedAttributeMapping embedded
                    ? owningSide(inverse, embedded.getEmbeddableTypeDescriptor(), name + ".")
                    : null;
            if (inside != null) {
                return inside;
            }
        }
        return null;
    }
}
