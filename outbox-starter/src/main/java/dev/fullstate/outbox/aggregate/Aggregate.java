package dev.fullstate.outbox.aggregate;

import org.hibernate.Hibernate;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.ColumnTypes;
import dev.fullstate.outbox.rows.RootTable;

/** A captured aggregate: its root entity with all subclasses, and how its events are named. */
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

    /** Column {@code aggregatetype}; routes to the topic. */
    public String type() {
        return type;
    }

    /** CloudEvents {@code type}. */
    public String eventType() {
        return eventType;
    }

    /** CloudEvents {@code dataschema}, if there is one. */
    public @Nullable String dataSchema() {
        return dataSchema;
    }

    /** The topmost entity with the annotation. */
    public EntityPersister root() {
        return root;
    }

    /** The tree of its state, which begins at the root. */
    public Place state() {
        return state;
    }

    /** The attribute that says when the aggregate was last modified, if it has one. */
    public @Nullable Attribute lastModified() {
        return lastModified;
    }

    /** The text form of an id: the key of the aggregate's events. */
    public String idText(Object id) {
        return this.id.format(id);
    }

    /** The id with this text form; the {@link RootTable#ids() stored} one may be another. */
    public Object parseId(String text) {
        return table.ids().whole(id.parse(text));
    }

    /** The version that a root entity, or a proxy of it, has in memory. */
    public long version(Object root) {
        return ((Number) this.root.getVersion(Hibernate.unproxy(root))).longValue();
    }

    /** Whether the mapping has SQL of its own for a delete, which may change the row instead ({@code @SQLDelete}). */
    public boolean deletesBySql() {
        return root.getIdentifierTableMapping().getDeleteDetails().getCustomSql() != null;
    }

    /** The table that holds the root's version. */
    public RootTable table() {
        return table;
    }

    @Override
    public String toString() {
        return type;
    }
}
