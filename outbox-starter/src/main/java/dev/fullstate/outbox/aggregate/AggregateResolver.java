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

import dev.fullstate.outbox.rows.ColumnTypes;
import dev.fullstate.outbox.rows.PartTable;
import dev.fullstate.outbox.rows.StoredIds;

/**
 * Resolves the aggregates of a persistence unit: walks the mapping metamodel from every root along owned associations. Used once,
 * on one thread.
 *
 * <p>A part is owned if it cannot live without its owner: the association cascades REMOVE or removes orphans, and its target is
 * not a published root itself. Every other association is a reference.
 */
public final class AggregateResolver {

    /** The step into an element of a collection, in an attribute's path. */
    private static final String ELEMENT = "{element}.";

    private final SessionFactoryImplementor sessionFactory;
    private final Roots roots;
    private final Ownership ownership;

    private final Map<String, Aggregate> byEntity = new LinkedHashMap<>();
    private final Map<String, List<OwnerLink>> ownersByPart = new LinkedHashMap<>();
    private final Map<String, List<AssociationPath>> ownedByReference = new LinkedHashMap<>();
    private final ColumnTypes columnTypes;
    private final Set<String> collectionRoles = new HashSet<>();

    /** Parts that were found and whose hierarchies are still to be walked. */
    private final Deque<EntityPersister> toWalk = new ArrayDeque<>();

    /** Every entity that has been walked, so that a tree or a circle of parts ends. */
    private final Set<String> walked = new HashSet<>();

    /** Judged at the end, when all aggregates are known. */
    private final List<WayUp> waysUp = new ArrayList<>();

    /** An association of a part to one of its owners. */
    private record WayUp(EntityPersister part, String path, ToOneAttributeMapping association) {

        /**
         * Refuses a part that the database deletes with this owner and that belongs to another aggregate too, which would lose it
         * without an event.
         */
        void requireNoDeleteByTheDatabase(Aggregates aggregates) {
            if (!aggregates.reachedFrom(Ownership.target(association)).containsAll(aggregates.reachedFrom(part))) {
                Refusals.requireNoDeleteByTheDatabase(part, path, association);
            }
        }
    }

    private AggregateResolver(SessionFactoryImplementor sessionFactory) {
        this.sessionFactory = sessionFactory;
        this.roots = Roots.of(sessionFactory);
        this.ownership = new Ownership(sessionFactory, roots);
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

    /** Returns the names of the entities with {@code @PublishFullState}, whether they can be captured or not. */
    public static List<String> annotatedEntities(SessionFactoryImplementor sessionFactory) {
        return Roots.annotated(sessionFactory);
    }

    private Aggregates resolve() {
        if (!roots.topmost().isEmpty()) {
            Refusals.requireOneTenant(sessionFactory, roots.topmost());
        }
        roots.topmost().forEach(this::walk);
        Places places = new Places(sessionFactory, ownership, columnTypes);
        for (EntityPersister root : roots.topmost()) {
            Aggregate aggregate = roots.aggregate(root, places.root(root), columnTypes);
            Refusals.requireRowsOfItsOwn(root, aggregate.table().name(), columnTypes);
            ownership.hierarchy(root).forEach(entity -> byEntity.put(entity.getEntityName(), aggregate));
        }
        Aggregates aggregates = new Aggregates(byEntity, ownersByPart, ownedByReference, collectionRoles, columnTypes);
        waysUp.forEach(wayUp -> wayUp.requireNoDeleteByTheDatabase(aggregates));
        sessionFactory
                .getMappingMetamodel()
                .forEachCollectionDescriptor(each -> Refusals.requireNoDeleteByTheDatabase(each, aggregates));
        return aggregates.compareTables(sessionFactory);
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
        EntityIdentifierMapping id = entity.getIdentifierMapping();
        if (id instanceof NonAggregatedIdentifierMapping several) {
            walkAttributes(entity, several.getVirtualIdEmbeddable(), "");
        } else if (id instanceof CompositeIdentifierMapping composite) {
            String path = id.getAttributeName() + ".";
            composite
                    .getPartMappingType()
                    .forEachAttributeMapping(mapping -> Refusals.requireNoTenant(entity, mapping, path));
        }
        walkAttributes(entity, entity, "");
    }

    private void walkAttributes(EntityPersister entity, ManagedMappingType container, String path) {
        container.forEachAttributeMapping(mapping -> {
            // Without Hibernate's view of an @IdClass, which is the entity itself with its attributes once more.
            if (!mapping.getAttributeName().equals(NavigablePath.IDENTIFIER_MAPPER_PROPERTY)) {
                walkAttribute(entity, mapping, path);
            }
        });
    }

    private void walkAttribute(EntityPersister entity, AttributeMapping mapping, String path) {
        Refusals.requireNoTenant(entity, mapping, path);
        Refusals.requireWritable(entity, path, mapping);
        if (mapping instanceof EmbeddedAttributeMapping embedded) {
            walkAttributes(entity, embedded.getEmbeddableTypeDescriptor(), path + mapping.getAttributeName() + ".");
        } else if (mapping instanceof PluralAttributeMapping plural) {
            walkCollection(entity, plural, path);
        } else if (mapping instanceof ToOneAttributeMapping toOne) {
            walkToOne(entity, toOne, path);
        }
    }

    private void walkCollection(EntityPersister entity, PluralAttributeMapping plural, String path) {
        CollectionPersister collection = plural.getCollectionDescriptor();
        if (plural.getIndexDescriptor() instanceof EntityCollectionPart key) {
            Refusals.requireIdClass(
                    entity, path, plural, key.getAssociatedEntityMappingType().getEntityPersister());
        }
        if (plural.getElementDescriptor() instanceof EmbeddedCollectionPart embedded) {
            walkAttributes(entity, embedded.getEmbeddableTypeDescriptor(), path + plural.getAttributeName() + ELEMENT);
        }
        if (plural.getElementDescriptor() instanceof EntityCollectionPart element) {
            EntityPersister target = element.getAssociatedEntityMappingType().getEntityPersister();
            if (ownership.isOwned(plural, target)) {
                own(entity, plural, path, target);
            } else if (collection.isInverse()) {
                return;
            } else {
                Refusals.requireOwnRows(entity, path, plural);
            }
        }
        collectionRoles.add(collection.getRole());
    }

    private void walkToOne(EntityPersister entity, ToOneAttributeMapping toOne, String path) {
        EntityPersister target = Ownership.target(toOne);
        if (ownership.isBackReference(entity, path + toOne.getAttributeName())) {
            waysUp.add(new WayUp(entity, path, toOne));
            return;
        }
        Refusals.requireNoDeleteByTheDatabase(entity, path, toOne);
        if (ownership.isOwned(toOne, target)) {
            own(entity, toOne, path, target);
        }
    }

    /** Adds the way from part to owner, and from owner to part. */
    private void own(EntityPersister owner, AttributeMapping attribute, String path, EntityPersister part) {
        if (path.contains(ELEMENT)) {
            throw Refusals.ownsFromAnElement(owner, path, attribute);
        }
        String attributePath = path + attribute.getAttributeName();
        String mappedBy = Ownership.mappedBy(attribute, part);
        AssociationPath backReference = mappedBy == null ? null : backReference(owner, attribute, path, part, mappedBy);
        boolean sharesId = Ownership.sharesId(attribute);
        boolean refersToOthers = mappedBy != null && refersToOthers(owner, part, mappedBy);
        StoredIds partIds =
                sharesId || (backReference != null && !refersToOthers) ? null : StoredIds.of(part, columnTypes);
        for (EntityPersister entity : ownership.hierarchy(part)) {
            PartTable table = mappedBy == null ? null : PartTable.of(entity, owner, mappedBy, columnTypes);
            OwnerLink link =
                    new OwnerLink(owner, attributePath, backReference, refersToOthers, sharesId, partIds, table);
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

    private static boolean refersToOthers(EntityPersister owner, EntityPersister part, String mappedBy) {
        return part.findByPath(mappedBy) instanceof ToOneAttributeMapping reference
                && !owner.getEntityName()
                        .equals(reference.getAssociatedEntityMappingType().getEntityName())
                && reference
                        .getAssociatedEntityMappingType()
                        .getEntityPersister()
                        .getSubclassEntityNames()
                        .contains(owner.getEntityName());
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
