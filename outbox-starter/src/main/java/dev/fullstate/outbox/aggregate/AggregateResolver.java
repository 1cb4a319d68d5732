package dev.fullstate.outbox.aggregate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
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
    private final Roots roots;
    private final Ownership ownership;

    private final Map<String, Aggregate> byEntity = new LinkedHashMap<>();
    private final Map<String, List<OwnerLink>> ownersByPart = new LinkedHashMap<>();
    private final Map<String, List<AssociationPath>> ownedByReference = new LinkedHashMap<>();
    private final ManagedTypes types;
    private final ColumnTypes columnTypes;
    private final MapKeys mapKeys = new MapKeys();
    private final Set<String> collectionRoles = new HashSet<>();
    private final Deque<EntityPersister> toWalk = new ArrayDeque<>();
    private final Set<String> walked = new HashSet<>();

    private AggregateResolver(SessionFactoryImplementor sessionFactory) {
        this.sessionFactory = sessionFactory;
        this.roots = Roots.of(sessionFactory);
        this.ownership = new Ownership(sessionFactory, roots);
        this.types = new ManagedTypes(sessionFactory);
        this.columnTypes = new ColumnTypes(sessionFactory);
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
        if (!roots.topmost().isEmpty()) {
            Refusals.requireOneTenant(sessionFactory, roots.topmost());
        }
        roots.topmost().forEach(this::walk);
        for (EntityPersister root : roots.topmost()) {
            Aggregate aggregate = roots.aggregate(root, types.of(root), columnTypes);
            ownership.hierarchy(root).forEach(entity -> byEntity.put(entity.getEntityName(), aggregate));
        }
        return new Aggregates(byEntity, ownersByPart, ownedByReference, collectionRoles, types.all(), mapKeys.all());
    }

    private void walk(EntityPersister root) {
        toWalk.add(root);
        while (!toWalk.isEmpty()) {
            for (EntityPersister entity : ownership.hierarchy(toWalk.remove())) {
                if (walked.add(entity.getEntityName())) {
                    walkEntity(entity);
                }
            }
        }
    }

    private void walkEntity(EntityPersister entity) {
        Map<String, Attribute> attributes = types.of(entity);
        walkIdentifier(entity, entity.getIdentifierMapping(), attributes);
        walkAttributes(entity, entity, "", attributes);
    }

    private void walkIdentifier(EntityPersister entity, EntityIdentifierMapping id, Map<String, Attribute> attributes) {
        if (id instanceof NonAggregatedIdentifierMapping several) {
            walkAttributes(entity, several.getVirtualIdEmbeddable(), "", attributes);
            return;
        }
        attributes.put(id.getAttributeName(), Attribute.value(id.getAttributeName(), null));
        if (id instanceof CompositeIdentifierMapping composite) {
            String path = id.getAttributeName() + ".";
            composite
                    .getPartMappingType()
                    .forEachAttributeMapping(mapping -> Refusals.requireNoTenant(entity, mapping, path));
            types.addId(composite.getPartMappingType());
        }
    }

    private void walkAttributes(
            EntityPersister entity, ManagedMappingType container, String path, Map<String, Attribute> attributes) {
        container.forEachAttributeMapping(mapping -> {
            if (mapping.getAttributeName().equals(NavigablePath.IDENTIFIER_MAPPER_PROPERTY)) {
                return; // Hibernate's view of an @IdClass: the entity itself, and its attributes once more.
            }
            Attribute attribute = attribute(entity, mapping, path);
            attributes.putIfAbsent(attribute.name(), attribute);
        });
    }

    private Attribute attribute(EntityPersister entity, AttributeMapping mapping, String path) {
        String name = mapping.getAttributeName();
        Refusals.requireNoTenant(entity, mapping, path);
        Refusals.requireWritable(entity, path, mapping);
        if (path.isEmpty() && entity.isVersioned() && entity.getVersionMapping().getVersionAttribute() == mapping) {
            return new Attribute(name, Role.VERSION, mapping, null);
        }
        if (mapping instanceof EmbeddedAttributeMapping embedded) {
            EmbeddableMappingType embeddable = embedded.getEmbeddableTypeDescriptor();
            walkAttributes(entity, embeddable, path + name + ".", types.of(embeddable));
            return Attribute.value(name, mapping);
        }
        if (mapping instanceof PluralAttributeMapping plural) {
            return collection(entity, plural, path);
        }
        if (mapping instanceof ToOneAttributeMapping toOne) {
            return toOne(entity, toOne, path);
        }
        return Attribute.value(name, mapping);
    }

    private Attribute collection(EntityPersister entity, PluralAttributeMapping plural, String path) {
        CollectionPersister collection = plural.getCollectionDescriptor();
        if (plural.getIndexDescriptor() instanceof EntityCollectionPart key) {
            describeId(
                    entity, plural, path, key.getAssociatedEntityMappingType().getEntityPersister());
        }
        mapKeys.add(entity, plural, path);
        if (plural.getElementDescriptor() instanceof EmbeddedCollectionPart embedded) {
            EmbeddableMappingType embeddable = embedded.getEmbeddableTypeDescriptor();
            String elementPath = path + plural.getAttributeName() + ELEMENT;
            walkAttributes(entity, embeddable, elementPath, types.of(embeddable));
        }
        if (!(plural.getElementDescriptor() instanceof EntityCollectionPart element)) {
            collectionRoles.add(collection.getRole());
            return Attribute.value(plural.getAttributeName(), plural);
        }
        EntityPersister target = element.getAssociatedEntityMappingType().getEntityPersister();
        if (ownership.isOwned(plural, target)) {
            own(entity, plural, path, target);
            collectionRoles.add(collection.getRole());
            return new Attribute(plural.getAttributeName(), Role.OWNED, plural, target);
        }
        if (collection.isInverse()) {
            return new Attribute(plural.getAttributeName(), Role.OUTSIDE, plural, target);
        }
        Refusals.requireOwnRows(entity, path, plural);
        describeId(entity, plural, path, target);
        collectionRoles.add(collection.getRole());
        return new Attribute(plural.getAttributeName(), Role.REFERENCE, plural, target);
    }

    /** The id of what is referred to is written as it is: all that is persistent of it. */
    private void describeId(EntityPersister entity, AttributeMapping reference, String path, EntityPersister target) {
        Refusals.requireIdClass(entity, path, reference, target);
        if (target.getIdentifierMapping() instanceof CompositeIdentifierMapping id) {
            types.addId(id.getMappedIdEmbeddableTypeDescriptor());
        }
    }

    private Attribute toOne(EntityPersister entity, ToOneAttributeMapping toOne, String path) {
        String name = toOne.getAttributeName();
        EntityPersister target = ManagedTypes.target(toOne);
        if (ownership.isBackReference(entity, path + name)) {
            return new Attribute(name, Role.OUTSIDE, toOne, target);
        }
        Refusals.requireNoDeleteByTheDatabase(entity, path, toOne);
        if (ownership.isOwned(toOne, target)) {
            own(entity, toOne, path, target);
            return new Attribute(name, Role.OWNED, toOne, target);
        }
        if (Ownership.isInverse(toOne)) {
            return new Attribute(name, Role.OUTSIDE, toOne, target);
        }
        describeId(entity, toOne, path, target);
        return new Attribute(name, Role.REFERENCE, toOne, target);
    }

    /** Notes the way from part to owner, and from owner to part. */
    private void own(EntityPersister owner, AttributeMapping attribute, String path, EntityPersister part) {
        if (path.contains(ELEMENT)) {
            throw Refusals.ownsFromAnElement(owner, path, attribute);
        }
        String attributePath = path + attribute.getAttributeName();
        String mappedBy = Ownership.mappedBy(attribute, part);
        AssociationPath backReference = mappedBy == null ? null : backReference(owner, attribute, path, part, mappedBy);
        for (EntityPersister entity : ownership.hierarchy(part)) {
            PartTable table = mappedBy == null ? null : PartTable.of(entity, owner, mappedBy, columnTypes);
            OwnerLink link = new OwnerLink(owner, attributePath, backReference, Ownership.sharesId(attribute), table);
            Refusals.requireWayFromHiddenPart(link, attribute, entity);
            ownersByPart
                    .computeIfAbsent(entity.getEntityName(), name -> new ArrayList<>())
                    .add(link);
        }
        AssociationPath reference = AssociationPath.find(owner, attributePath);
        if (reference != null) {
            ownedByReference
                    .computeIfAbsent(owner.getEntityName(), name -> new ArrayList<>())
                    .add(reference);
        }
        toWalk.add(part);
    }

    private static AssociationPath backReference(
            EntityPersister owner, AttributeMapping attribute, String path, EntityPersister part, String mappedBy) {
        AssociationPath backReference = AssociationPath.find(part, mappedBy);
        if (backReference == null) {
            throw Refusals.ownsByManyToMany(owner, path, attribute, mappedBy);
        }
        Refusals.requireKnownOwner(part, mappedBy, backReference);
        return backReference;
    }
}
