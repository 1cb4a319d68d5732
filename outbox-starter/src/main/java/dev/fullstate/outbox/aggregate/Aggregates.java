package dev.fullstate.outbox.aggregate;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.persister.collection.CollectionPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.ColumnTypes;

/** The captured aggregates of one persistence unit, and the entities and collections that belong to them. Immutable once it is resolved. */
public final class Aggregates {

    private final Map<String, Aggregate> byEntity;
    private final Map<String, Aggregate> byType;
    private final Map<String, List<OwnerLink>> ownersByPart;
    private final Map<String, List<AssociationPath>> ownedByReference;
    private final Set<String> collectionRoles;
    private final @Nullable ColumnTypes columnTypes;

    /** Null until {@link #compareTables}, and where nothing is captured. */
    private @Nullable SharedTables shared;

    Aggregates(
            Map<String, Aggregate> byEntity,
            Map<String, List<OwnerLink>> ownersByPart,
            Map<String, List<AssociationPath>> ownedByReference,
            Set<String> collectionRoles,
            @Nullable ColumnTypes columnTypes) {
        this.byEntity = byEntity;
        this.byType = new LinkedHashMap<>();
        byEntity.values().forEach(aggregate -> byType.put(aggregate.type(), aggregate));
        this.ownersByPart = ownersByPart;
        this.ownedByReference = ownedByReference;
        this.collectionRoles = collectionRoles;
        this.columnTypes = columnTypes;
    }

    /** Returns the aggregates of a unit of which nothing is captured. */
    public static Aggregates none() {
        return new Aggregates(Map.of(), Map.of(), Map.of(), Set.of(), null);
    }

    /** A kind of write. */
    public enum Write {
        INSERT,
        UPDATE,
        DELETE
    }

    /**
     * Compares the tables of all entities of the session factory with those of the aggregates. Called once, before
     * anyone else has this object.
     */
    Aggregates compareTables(SessionFactoryImplementor sessionFactory) {
        shared = new SharedTables(sessionFactory, this);
        return this;
    }

    /** Returns all captured aggregates. */
    public Collection<Aggregate> all() {
        return byType.values();
    }

    /** Returns the aggregate of this type; null if none is captured. */
    public @Nullable Aggregate ofType(String aggregateType) {
        return byType.get(aggregateType);
    }

    /** Returns the aggregate whose root is this entity or one that it extends; null if there is none. */
    public @Nullable Aggregate rootedAt(EntityMappingType entity) {
        return byEntity.get(entity.getEntityName());
    }

    /** Returns the ways from a part to its owners; none for roots and for entities that belong to no captured aggregate. */
    public List<OwnerLink> ownersOf(EntityMappingType part) {
        return ownersByPart.getOrDefault(part.getEntityName(), List.of());
    }

    /** Returns the aggregates to which rows of this entity, or of one that extends it, belong: as their roots or as parts. */
    public Set<Aggregate> reachedFrom(EntityMappingType entity) {
        Set<Aggregate> reached = new LinkedHashSet<>();
        Set<String> visited = new HashSet<>();
        Deque<String> toVisit = new ArrayDeque<>(entity.getSubclassEntityNames());
        while (!toVisit.isEmpty()) {
            String name = toVisit.remove();
            if (visited.add(name)) {
                Aggregate rooted = byEntity.get(name);
                if (rooted != null) {
                    reached.add(rooted);
                }
                ownersByPart
                        .getOrDefault(name, List.of())
                        .forEach(link -> toVisit.add(link.owner().getEntityName()));
            }
        }
        return reached;
    }

    /**
     * Returns the aggregates whose rows are changed unnoticed when rows of this entity are written, because both have a table in
     * common.
     *
     * @param write an upsert counts as an insert
     */
    public Set<Aggregate> sharing(EntityMappingType entity, Write write) {
        if (shared == null) {
            return Set.of();
        }
        return write == Write.UPDATE ? shared.columnsOf(entity) : shared.rowsOf(entity);
    }

    /**
     * Returns the aggregates that a statement on rows of this entity, or of one that extends it, changes past Hibernate's events.
     */
    public Set<Aggregate> changedPast(EntityMappingType entity, Write write) {
        Set<Aggregate> changed = new LinkedHashSet<>(reachedFrom(entity));
        changed.addAll(sharing(entity, write));
        if (write == Write.DELETE && shared != null) {
            changed.addAll(shared.collectionsDeletedWith(entity));
        }
        return changed;
    }

    /** Returns whether there is an entity for which {@link #sharing} finds anything. */
    public boolean areShared() {
        return shared != null && !shared.isEmpty();
    }

    /** Returns the paths on which an entity holds parts of its own, other than in collections. */
    public List<AssociationPath> partsOf(EntityMappingType owner) {
        return ownedByReference.getOrDefault(owner.getEntityName(), List.of());
    }

    /** Returns whether rows of this entity belong to captured aggregates, as their roots or as parts. */
    public boolean includes(EntityMappingType entity) {
        return byEntity.containsKey(entity.getEntityName()) || ownersByPart.containsKey(entity.getEntityName());
    }

    /** Returns whether the elements of a collection are part of a captured aggregate's state. */
    public boolean includes(CollectionPersister collection) {
        return collectionRoles.contains(collection.getRole());
    }

    /** Returns the type of a column, as the database names it. */
    public String columnType(SelectableMapping column) {
        if (columnTypes == null) {
            throw new IllegalStateException("Nothing is captured, so no column is known");
        }
        return columnTypes.of(column.getContainingTableExpression(), column).sql();
    }
}
