package dev.fullstate.outbox.aggregate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.hibernate.engine.spi.CascadeStyle;
import org.hibernate.engine.spi.CascadingActions;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.ManagedMappingType;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedCollectionPart;
import org.hibernate.metamodel.mapping.internal.EntityCollectionPart;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.spi.NavigablePath;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Attribute.Role;

/**
 * Walks the mapping metamodel from every root along owned associations.
 *
 * <p>Owned is what cannot live without its owner: an association with cascade REMOVE or orphan removal to an entity that is
 * not itself a published root. Everything else is a reference.
 */
public final class AggregateResolver {

    /** Marks, in an attribute's path, the step into an element of a collection. */
    private static final String ELEMENT = "{element}.";

    private final SessionFactoryImplementor sessionFactory;

    private final Map<String, Aggregate> byEntity = new LinkedHashMap<>();
    private final Map<String, List<OwnerLink>> ownersByPart = new LinkedHashMap<>();
    private final Map<Class<?>, Map<String, Attribute>> managedTypes = new LinkedHashMap<>();
    private final Set<String> collectionRoles = new HashSet<>();
    private final Set<String> backReferences = new HashSet<>();
    private final Deque<EntityPersister> toWalk = new ArrayDeque<>();
    private final Set<String> walked = new HashSet<>();

    private AggregateResolver(SessionFactoryImplementor sessionFactory) {
        this.sessionFactory = sessionFactory;
    }

    /**
     * Resolves the aggregates of a persistence unit.
     *
     * @throws AggregateMappingException where a root cannot be captured as it is mapped
     */
    public static Aggregates resolve(SessionFactoryImplementor sessionFactory) {
        return new AggregateResolver(sessionFactory).resolve();
    }

    /** The names of the entities with {@code @PublishFullState}, whether they can be captured or not. */
    public static List<String> annotatedEntities(SessionFactoryImplementor sessionFactory) {
        return Roots.annotated(sessionFactory);
    }

    private Aggregates resolve() {
        Roots roots = Roots.of(sessionFactory);
        if (!roots.topmost().isEmpty()) {
            Refusals.requireOneTenant(sessionFactory, roots.topmost());
        }
        roots.topmost().forEach(root -> walk(root, roots));
        for (EntityPersister root : roots.topmost()) {
            Aggregate aggregate = roots.aggregate(root, attributesOf(root));
            hierarchy(root).forEach(entity -> byEntity.put(entity.getEntityName(), aggregate));
        }
        Map<Class<?>, ManagedType> types = new LinkedHashMap<>();
        managedTypes.forEach((type, attributes) -> types.put(type, new ManagedType(type, attributes)));
        return new Aggregates(byEntity, ownersByPart, collectionRoles, types);
    }

    private Map<String, Attribute> attributesOf(EntityPersister entity) {
        return managedTypes.getOrDefault(entity.getMappedClass(), Map.of());
    }

    private void walk(EntityPersister root, Roots roots) {
        toWalk.add(root);
        while (!toWalk.isEmpty()) {
            for (EntityPersister entity : hierarchy(toWalk.remove())) {
                if (walked.add(entity.getEntityName())) {
                    walkEntity(entity, roots);
                }
            }
        }
    }

    private List<EntityPersister> hierarchy(EntityPersister entity) {
        return entity.getSubclassEntityNames().stream()
                .map(name -> sessionFactory.getMappingMetamodel().getEntityDescriptor(name))
                .toList();
    }

    private void walkEntity(EntityPersister entity, Roots roots) {
        Map<String, Attribute> attributes = attributesOfType(entity.getMappedClass());
        walkIdentifier(entity, entity.getIdentifierMapping(), attributes, roots);
        walkAttributes(entity, entity, "", attributes, roots);
    }

    private Map<String, Attribute> attributesOfType(Class<?> javaType) {
        return managedTypes.computeIfAbsent(javaType, type -> new LinkedHashMap<>());
    }

    private void walkIdentifier(
            EntityPersister entity, EntityIdentifierMapping id, Map<String, Attribute> attributes, Roots roots) {
        if (id instanceof NonAggregatedIdentifierMapping several) {
            walkAttributes(entity, several.getVirtualIdEmbeddable(), "", attributes, roots);
            return;
        }
        attributes.put(id.getAttributeName(), Attribute.value(id.getAttributeName(), null));
        if (id instanceof CompositeIdentifierMapping composite) {
            EmbeddableMappingType embeddable = composite.getPartMappingType();
            String path = id.getAttributeName() + ".";
            walkAttributes(entity, embeddable, path, attributesOfType(javaType(embeddable)), roots);
        }
    }

    private void walkAttributes(
            EntityPersister entity,
            ManagedMappingType container,
            String path,
            Map<String, Attribute> attributes,
            Roots roots) {
        container.forEachAttributeMapping(mapping -> {
            if (mapping.getAttributeName().equals(NavigablePath.IDENTIFIER_MAPPER_PROPERTY)) {
                return; // Hibernate's view of an @IdClass: the entity itself, and its attributes once more.
            }
            Attribute attribute = attribute(entity, mapping, path, roots);
            attributes.putIfAbsent(attribute.name(), attribute);
        });
    }

    private Attribute attribute(EntityPersister entity, AttributeMapping mapping, String path, Roots roots) {
        String name = mapping.getAttributeName();
        Refusals.requireNoTenant(entity, mapping, path);
        if (path.isEmpty() && entity.isVersioned() && entity.getVersionMapping().getVersionAttribute() == mapping) {
            return new Attribute(name, Role.VERSION, mapping, null);
        }
        if (mapping instanceof EmbeddedAttributeMapping embedded) {
            EmbeddableMappingType embeddable = embedded.getEmbeddableTypeDescriptor();
            walkAttributes(entity, embeddable, path + name + ".", attributesOfType(javaType(embeddable)), roots);
            return Attribute.value(name, mapping);
        }
        if (mapping instanceof PluralAttributeMapping plural) {
            return collection(entity, plural, path, roots);
        }
        if (mapping instanceof ToOneAttributeMapping toOne) {
            return toOne(entity, toOne, path, roots);
        }
        if (mapping instanceof BasicValuedModelPart) {
            return Attribute.value(name, mapping);
        }
        throw new AggregateMappingException(
                "Attribute '" + path + name + "' of " + entity.getEntityName()
                        + ", which belongs to an aggregate with @PublishFullState, is of a kind that cannot be published"
                        + " (such as @Any)",
                "Replace it with an association to one entity type, or take @PublishFullState off the root.");
    }

    private Attribute collection(EntityPersister entity, PluralAttributeMapping plural, String path, Roots roots) {
        CollectionPersister collection = plural.getCollectionDescriptor();
        if (plural.getElementDescriptor() instanceof EmbeddedCollectionPart embedded) {
            EmbeddableMappingType embeddable = embedded.getEmbeddableTypeDescriptor();
            String elementPath = path + plural.getAttributeName() + ELEMENT;
            walkAttributes(entity, embeddable, elementPath, attributesOfType(javaType(embeddable)), roots);
        }
        if (!(plural.getElementDescriptor() instanceof EntityCollectionPart element)) {
            collectionRoles.add(collection.getRole());
            return Attribute.value(plural.getAttributeName(), plural);
        }
        EntityPersister target = element.getAssociatedEntityMappingType().getEntityPersister();
        String mappedBy = collection.getMappedByProperty();
        if (isOwned(plural, target, roots)) {
            own(entity, plural, path, target, mappedBy);
            collectionRoles.add(collection.getRole());
            return new Attribute(plural.getAttributeName(), Role.OWNED, plural, target);
        }
        if (collection.isInverse()) {
            return new Attribute(plural.getAttributeName(), Role.OUTSIDE, plural, target);
        }
        collectionRoles.add(collection.getRole());
        return new Attribute(plural.getAttributeName(), Role.REFERENCE, plural, target);
    }

    private Attribute toOne(EntityPersister entity, ToOneAttributeMapping toOne, String path, Roots roots) {
        EntityPersister target = toOne.getAssociatedEntityMappingType().getEntityPersister();
        boolean inverse = toOne.getSideNature() == ForeignKeyDescriptor.Nature.TARGET;
        if (isBackReference(entity, path + toOne.getAttributeName())) {
            return new Attribute(toOne.getAttributeName(), Role.OUTSIDE, toOne, target);
        }
        if (isOwned(toOne, target, roots)) {
            own(entity, toOne, path, target, inverse ? owningSide(toOne, target) : null);
            return new Attribute(toOne.getAttributeName(), Role.OWNED, toOne, target);
        }
        return new Attribute(toOne.getAttributeName(), inverse ? Role.OUTSIDE : Role.REFERENCE, toOne, target);
    }

    private static boolean isOwned(AttributeMapping association, EntityPersister target, Roots roots) {
        CascadeStyle cascade = association.getAttributeMetadata().getCascadeStyle();
        boolean cascades = cascade.doCascade(CascadingActions.REMOVE) || cascade.hasOrphanDelete();
        return cascades && !roots.contains(target);
    }

    /** Notes the way from part to owner. */
    private void own(
            EntityPersister owner,
            AttributeMapping attribute,
            String path,
            EntityPersister part,
            @Nullable String mappedBy) {
        if (path.contains(ELEMENT)) {
            throw new AggregateMappingException(
                    "Attribute '" + path + attribute.getAttributeName() + "' of " + owner.getEntityName()
                            + " owns entities from inside an element collection, where no way leads back to the root",
                    "Make the element an entity of its own, or take the cascade off the association.");
        }
        if (mappedBy != null) {
            hierarchy(part).forEach(entity -> backReferences.add(entity.getEntityName() + "#" + mappedBy));
        }
        for (EntityPersister entity : hierarchy(part)) {
            OwnerLink link = new OwnerLink(
                    owner,
                    path + attribute.getAttributeName(),
                    backReference(part, mappedBy),
                    mappedBy == null ? null : PartTable.of(entity, owner, mappedBy));
            Refusals.requireWayFromHiddenPart(link, attribute, entity);
            ownersByPart
                    .computeIfAbsent(entity.getEntityName(), name -> new ArrayList<>())
                    .add(link);
        }
        toWalk.add(part);
    }

    private static OwnerLink.@Nullable BackReference backReference(EntityPersister part, @Nullable String mappedBy) {
        if (mappedBy == null) {
            return null;
        }
        if (List.of(part.getPropertyNames()).contains(mappedBy)) {
            return new OwnerLink.BackReference(mappedBy, null);
        }
        if (part.getIdentifierMapping() instanceof NonAggregatedIdentifierMapping id) {
            AttributeMapping attribute = id.getVirtualIdEmbeddable().findAttributeMapping(mappedBy);
            return attribute == null
                    ? null
                    : new OwnerLink.BackReference(
                            mappedBy, attribute.getPropertyAccess().getGetter());
        }
        return null;
    }

    private boolean isBackReference(EntityPersister entity, String path) {
        return backReferences.contains(entity.getEntityName() + "#" + path);
    }

    /** The attribute at the other end of an inverse one-to-one: the one that shares its foreign key. */
    private static @Nullable String owningSide(ToOneAttributeMapping inverse, EntityMappingType target) {
        List<String> names = new ArrayList<>();
        target.forEachAttributeMapping(candidate -> {
            if (candidate instanceof ToOneAttributeMapping toOne
                    && toOne.getForeignKeyDescriptor() == inverse.getForeignKeyDescriptor()) {
                names.add(toOne.getAttributeName());
            }
        });
        return names.isEmpty() ? null : names.get(0);
    }

    private static Class<?> javaType(EmbeddableMappingType embeddable) {
        return embeddable.getMappedJavaType().getJavaTypeClass();
    }
}
