package dev.fullstate.outbox.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.hibernate.annotations.SQLRestriction;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.MappingMetamodel;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.collection.AbstractCollectionPersister;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.AbstractEntityPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * The entity classes that write to tables of captured aggregates without belonging to them: the events of such writes
 * tell of an entity that nothing captures. Tables are compared by the names that the mappings give them.
 */
final class SharedTables {

    /** Has no entry for an entity that inserts into and deletes from its own tables only. */
    private final Map<String, Set<Aggregate>> rows = new HashMap<>();

    /** Has no entry for an entity that updates columns of its own only, though they may be in a shared table. */
    private final Map<String, Set<Aggregate>> columns = new HashMap<>();

    /** The tables of their own that collections of aggregates have. */
    private final Map<String, Set<Aggregate>> collectionTables = new HashMap<>();

    private final Aggregates aggregates;

    /** Used by the constructor only. */
    private final List<Stored> stored = new ArrayList<>();

    /**
     * What captured aggregates have in a table.
     *
     * @param column empty for the rows as such
     * @param entity that has it
     */
    private record Stored(String table, String column, EntityPersister entity, Set<Aggregate> aggregates) {

        /** Returns whether another entity has other rows: as a subclass of the same hierarchy, or by a restriction. */
        private boolean isOfOtherRowsThan(EntityPersister other) {
            return entity.getRootEntityName().equals(other.getRootEntityName())
                    || (entity.hasWhereRestrictions()
                            && other.hasWhereRestrictions()
                            && !Objects.equals(restriction(entity), restriction(other)));
        }

        private static @Nullable String restriction(EntityPersister entity) {
            SQLRestriction restriction =
                    AnnotatedElementUtils.findMergedAnnotation(entity.getMappedClass(), SQLRestriction.class);
            return restriction == null ? null : restriction.value();
        }
    }

    /** Compares all tables of a session factory. */
    SharedTables(SessionFactoryImplementor sessionFactory, Aggregates aggregates) {
        this.aggregates = aggregates;
        MappingMetamodel metamodel = sessionFactory.getMappingMetamodel();
        metamodel.forEachEntityDescriptor(this::store);
        metamodel.forEachCollectionDescriptor(this::store);
        metamodel.forEachEntityDescriptor(this::compare);
    }

    /** Returns the aggregates that change unnoticed when rows of this entity are inserted or deleted. */
    Set<Aggregate> rowsOf(EntityMappingType entity) {
        return rows.getOrDefault(entity.getEntityName(), Set.of());
    }

    /** Returns the aggregates that change unnoticed when rows of this entity are updated. */
    Set<Aggregate> columnsOf(EntityMappingType entity) {
        return columns.getOrDefault(entity.getEntityName(), Set.of());
    }

    /**
     * Returns the aggregates with collections of which a bulk delete of this entity removes rows: Hibernate empties all join tables that the
     * entity has a side of, also where the aggregate has the side that writes them.
     */
    Set<Aggregate> collectionsDeletedWith(EntityMappingType entity) {
        Set<Aggregate> changed = new LinkedHashSet<>();
        entity.visitSubTypeAttributeMappings(attribute -> addDeletedWith(attribute, changed));
        return changed;
    }

    private void addDeletedWith(AttributeMapping attribute, Set<Aggregate> changed) {
        if (attribute instanceof EmbeddedAttributeMapping embedded) {
            embedded.getEmbeddableTypeDescriptor().forEachAttributeMapping(each -> addDeletedWith(each, changed));
        } else if (attribute instanceof PluralAttributeMapping plural) {
            changed.addAll(
                    collectionTables.getOrDefault(String.valueOf(plural.getSeparateCollectionTable()), Set.of()));
        }
    }

    boolean isEmpty() {
        return rows.isEmpty() && columns.isEmpty();
    }

    private void store(EntityPersister entity) {
        if (aggregates.includes(entity)) {
            Set<Aggregate> owners = aggregates.reachedFrom(entity);
            tables(entity).forEach(table -> store(table, "", entity, owners));
            columns(entity, false).forEach(column -> store(column.table(), column.name(), entity, owners));
        }
    }

    private void store(CollectionPersister collection) {
        if (aggregates.includes(collection)) {
            EntityPersister owner = collection.getOwnerEntityPersister();
            Set<Aggregate> owners = aggregates.reachedFrom(owner);
            if (!collection.isOneToMany()) {
                store(table(collection), "", owner, owners);
                collectionTables
                        .computeIfAbsent(table(collection), table -> new LinkedHashSet<>())
                        .addAll(owners);
            }
            names(collection).forEach(name -> store(table(collection), name, owner, owners));
        }
    }

    private void store(String table, String column, EntityPersister entity, Set<Aggregate> owners) {
        stored.add(new Stored(table, column, entity, owners));
    }

    private void compare(EntityPersister entity) {
        Set<String> tables = tables(entity);
        Set<Column> updated = entity.isMutable() ? columns(entity, true) : Set.of();
        for (Stored each : stored) {
            if (tables.contains(each.table()) && !each.isOfOtherRowsThan(entity)) {
                if (each.column().isEmpty()) {
                    add(rows, entity, each.aggregates());
                } else if (updated.contains(new Column(each.table(), each.column()))) {
                    add(columns, entity, each.aggregates());
                }
            }
        }
    }

    private void add(Map<String, Set<Aggregate>> to, EntityPersister entity, Set<Aggregate> changed) {
        Set<Aggregate> unnoticed = new LinkedHashSet<>(changed);
        unnoticed.removeAll(aggregates.reachedFrom(entity));
        if (!unnoticed.isEmpty()) {
            to.computeIfAbsent(entity.getEntityName(), name -> new LinkedHashSet<>())
                    .addAll(unnoticed);
        }
    }

    private record Column(String table, String name) {}

    private static Set<String> tables(EntityPersister entity) {
        Set<String> names = new HashSet<>();
        if (entity instanceof AbstractEntityPersister persister) {
            Arrays.stream(persister.getTableMappings())
                    .filter(table -> !table.isInverse())
                    .forEach(table -> names.add(table.getTableName()));
        }
        return names;
    }

    /** Returns the columns of an entity's own attributes. The version is beside the state, and may be shared for its lock. */
    private static Set<Column> columns(EntityPersister entity, boolean updatedOnly) {
        Set<Column> found = new HashSet<>();
        entity.forEachAttributeMapping(attribute -> {
            if (hasColumns(attribute) && !isVersion(entity, attribute)) {
                attribute.forEachSelectable((index, column) -> {
                    if (!column.isFormula() && (column.isUpdateable() || !updatedOnly)) {
                        found.add(new Column(table(entity, column), column.getSelectionExpression()));
                    }
                });
            }
        });
        return found;
    }

    /** Leaves out what Hibernate adds for the key of another entity's collection: no member of the class has it. */
    private static boolean hasColumns(AttributeMapping attribute) {
        return !(attribute instanceof PluralAttributeMapping)
                && !(attribute instanceof ToOneAttributeMapping toOne && Ownership.isInverse(toOne))
                && attribute.getPropertyAccess().getGetter().getMember() != null;
    }

    private static boolean isVersion(EntityPersister entity, AttributeMapping attribute) {
        return entity.isVersioned()
                && attribute.getAttributeName().equals(entity.getPropertyNames()[entity.getVersionPropertyIndex()]);
    }

    /** Returns the table that has a column. A column that is inherited with a table for each class is in the subclass's own. */
    private static String table(EntityPersister entity, SelectableMapping column) {
        return entity instanceof AbstractEntityPersister persister
                ? persister.physicalTableNameForMutation(column)
                : column.getContainingTableExpression();
    }

    private static String table(CollectionPersister collection) {
        return ((AbstractCollectionPersister) collection).getTableName();
    }

    /** Returns the columns that the collection itself writes. */
    private static List<String> names(CollectionPersister collection) {
        AbstractCollectionPersister persister = (AbstractCollectionPersister) collection;
        List<String> names = new ArrayList<>(Arrays.asList(persister.getKeyColumnNames()));
        if (persister.hasIndex()) {
            names.addAll(Arrays.asList(persister.getIndexColumnNames()));
        }
        if (!persister.isOneToMany()) {
            names.addAll(Arrays.asList(persister.getElementColumnNames()));
        }
        names.removeIf(Objects::isNull); // A formula has no name.
        return names;
    }
}
