package dev.fullstate.outbox.aggregate;

import org.hibernate.Hibernate;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.ColumnTypes;
import dev.fullstate.outbox.rows.RootTable;

/** A captured aggregate: its root entity with all subclasses, the names of its events and the tree of its state. */
public final class Aggregate {

    private final String type;
    private final String eventType;
    private final @Nullable String dataSchema;
    private final EntityPersister root;
    private final AggregateId id;
    private final RootTable table;
    private final Place state;
    private final @Nullable Attribute lastModified;

    Aggregate(
            String type,
            String eventType,
            @Nullable String dataSchema,
            EntityPersister root,
            Place state,
            @Nullable Attribute lastModified,
            ColumnTypes types) {
        this.type = type;
        this.eventType = eventType;
        this.dataSchema = dataSchema;
        this.root = root;
        this.id = new AggregateId(root, types);
        this.table = new RootTable(root, types);
        this.state = state;
        this.lastModified = lastModified;
    }

    /** Returns the value of the column {@code aggregatetype}, which routes to the topic. */
    public String type() {
        return type;
    }

    /** Returns the CloudEvents {@code type}. */
    public String eventType() {
        return eventType;
    }

    /** Returns the CloudEvents {@code dataschema}; null if there is none. */
    public @Nullable String dataSchema() {
        return dataSchema;
    }

    /** Returns the topmost entity with the annotation. */
    public EntityPersister root() {
        return root;
    }

    /** Returns the tree of the state, which begins at the root. */
    public Place state() {
        return state;
    }

    /** Returns the attribute with the time of the last modification; null if there is none. */
    public @Nullable Attribute lastModified() {
        return lastModified;
    }

    /** Returns the text form of an id: the key of the aggregate's events. */
    public String idText(Object id) {
        return this.id.format(id);
    }

    /** Returns the id with this text form; the {@link RootTable#ids() stored} id may be another one. */
    public Object parseId(String text) {
        return table.ids().whole(id.parse(text));
    }

    /** Returns the version that a root entity, or a proxy of it, has in memory. */
    public long version(Object root) {
        return ((Number) this.root.getVersion(Hibernate.unproxy(root))).longValue();
    }

    /** Returns whether the mapping can hide a row of the root that is there: by a restriction, or because it is of another class. */
    public boolean hidesRows() {
        return root.hasWhereRestrictions() || root.getSoftDeleteMapping() != null || root.isInherited();
    }

    /** Returns whether the mapping has SQL of its own for a delete, which may change the row instead ({@code @SQLDelete}). */
    public boolean deletesBySql() {
        return root.getIdentifierTableMapping().getDeleteDetails().getCustomSql() != null;
    }

    /** Returns the table that holds the root's version. */
    public RootTable table() {
        return table;
    }

    @Override
    public String toString() {
        return type;
    }
}
