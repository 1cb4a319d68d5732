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

import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.persister.collection.CollectionPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.ColumnTypes;

/** The captured aggregates of one persistence unit and what belongs to them. Immutable. */
public final class Aggregates {

    private final Map<String, Aggregate> byEntity;
    private final Map<String, Aggregate> byType;
    private final Map<String, List<OwnerLink>> ownersByPart;
    private final Map<String, List<AssociationPath>> ownedByReference;
    private final Set<String> collectionRoles;
    private final @Nullable ColumnTypes columnTypes;

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

    /** Nothing is captured. */
    public static Aggregates none() {
        return new Aggregates(Map.of(), Map.of(), Map.of(), Set.of(), null);
    }

    /** All captured aggregates. */
    public Collection<Aggregate> all() {
        return byType.values();
    }

    /** The aggregate of this type, if it is captured. */
    public @Nullable Aggregate ofType(String aggregateType) {
        return byType.get(aggregateType);
    }

    /** The aggregate whose root is of this entity (or one of its subclasses), if there is one. */
    public @Nullable Aggregate rootedAt(EntityMappingType entity) {
        return byEntity.get(entity.getEntityName());
    }

    /** The ways up from a part; empty for entities that belong to no captured aggregate, and for roots. */
    public List<OwnerLink> ownersOf(EntityMappingType part) {
        return ownersByPart.getOrDefault(part.getEntityName(), List.of());
    }

    /** The aggregates to which rows of this entity, or of one that extends it, belong: as their root or as a part. */
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

    /** Where an entity holds a part of its own, other than in collections. */
    public List<AssociationPath> partsOf(EntityMappingType owner) {
        return ownedByReference.getOrDefault(owner.getEntityName(), List.of());
    }

    /** Whether rows of this entity belong to captured aggregates, as their roots or as parts. */
    public boolean include(EntityMappingType entity) {
        return byEntity.containsKey(entity.getEntityName()) || ownersByPart.containsKey(entity.getEntityName());
    }

    /** Whether what a collection holds is part of a captured aggregate's state. */
    public boolean include(CollectionPersister collection) {
        return collectionRoles.contains(collection.getRole());
    }

    /** The type of a column, as the database names it. */
    public String columnType(SelectableMapping column) {
        if (columnTypes == null) {
            throw new IllegalStateException("Nothing is captured, so no column is known");
        }
        return columnTypes.of(column.getContainingTableExpression(), column).sql();
    }
}
