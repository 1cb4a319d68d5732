package dev.fullstate.outbox.rows;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.session.RoundTrip;
import dev.fullstate.outbox.session.SessionConnection;

import static java.util.Objects.requireNonNull;

/**
 * The row lock of an aggregate: the row of its root that has the version. A transaction that changes or republishes the aggregate
 * holds the lock from before the state is read until the commit (docs/adr/0002).
 */
public final class RootTable {

    private final String entity;
    private final String table;
    private final String version;
    private final StoredIds ids;
    private final IdColumns id;
    private final String raiseVersion;
    private final String raisePrefix;
    private final String lockPrefix;
    private final String lockSuffix;
    private final String raiseSuffix;

    /** Prepares the statements for a root, which has a version and an id of basic values. */
    public RootTable(EntityPersister entity, ColumnTypes types) {
        EntityPersister root = StoredIds.withTable(entity);
        this.entity = entity.getEntityName();
        this.table = root.getRootTableName();
        this.version = root.getVersionColumnName();
        this.ids = requireNonNull(StoredIds.of(root, types), entity::getEntityName);
        this.id = ids.columns();
        String raised = ", root." + version + ", true, " + id.columns("root");
        this.raiseVersion = "update " + table + " as root set " + version + " = root." + version + " + 1 where "
                + id.isBound() + " returning 0" + raised;
        this.raisePrefix = "with locked as materialized (select page.* from ";
        this.lockPrefix = "select page.position, root." + version + ", root.xmin::text::bigint"
                + " = (pg_current_xact_id()::text::bigint & 4294967295), "
                + id.columns("root") + " from ";
        this.lockSuffix = " join " + table + " root on " + id.isOnPage("root", "page")
                + " order by page.position for no key update of root";
        // Only a query locks rows in a given order. Like the lock, the update then sees the newest version of a row.
        this.raiseSuffix = lockSuffix + ") update " + table + " as root set " + version + " = root." + version
                + " + 1 from locked where " + id.isOnPage("root", "locked") + " returning locked.position" + raised;
    }

    /** Returns the name of the table, as SQL takes it. */
    public String name() {
        return table;
    }

    /** Returns the ids of the rows. */
    public StoredIds ids() {
        return ids;
    }

    /**
     * Raises the versions by one, in SQL, in the given order. The statement waits for a transaction that holds a row instead of
     * failing, and locks the row.
     *
     * @param trip that is sent afterwards; it fails with a {@link MissingVersionException} if a row has no version
     * @param outcome told of each id
     */
    public void raiseVersions(
            RoundTrip trip, SharedSessionContractImplementor session, List<?> ids, RaiseOutcome outcome) {
        for (int from = 0; from < ids.size(); from += StoredIds.ROWS_PER_STATEMENT) {
            List<?> page = ids.subList(from, Math.min(ids.size(), from + StoredIds.ROWS_PER_STATEMENT));
            trip.add(
                    page.size() == 1 ? raiseVersion : raisePrefix + id.page(page.size()) + raiseSuffix,
                    (statement, index) -> id.bind(statement, index, page, session),
                    rows -> {
                        Map<Object, Long> versions = new HashMap<>();
                        read(rows, page, session).forEach(row -> versions.put(row.id(), row.version()));
                        page.forEach(id -> outcome.of(id, versions.get(id)));
                    });
        }
    }

    /** Takes what has become of a root whose version was to be raised. */
    @FunctionalInterface
    public interface RaiseOutcome {

        /**
         * Tells of one root.
         *
         * @param version the new one; null if there is no row, or not any more
         */
        void of(Object id, @Nullable Long version);
    }

    /**
     * Locks the rows that no other transaction holds, without waiting.
     *
     * @return the stored ids of the rows that are locked now, in the given order; other transactions hold the other rows, or they
     *     do not exist
     */
    public List<Object> lockAvailable(SharedSessionContractImplementor session, List<Object> ids) {
        return lock(session, ids, " skip locked").stream()
                .map(LockedRow::storedId)
                .toList();
    }

    /**
     * Locks the rows, and waits for each as long as {@code lock_timeout} allows.
     *
     * @return the stored ids of the rows that are locked now; the other rows do not exist
     */
    public List<Object> lockWaiting(SharedSessionContractImplementor session, List<Object> ids) {
        return lockedRows(session, ids).stream().map(LockedRow::storedId).toList();
    }

    /**
     * Locks the rows as {@link #lockWaiting} does.
     *
     * @return the rows
     */
    public List<LockedRow> lockedRows(SharedSessionContractImplementor session, List<Object> ids) {
        return inPages(ids, page -> lock(session, page, ""));
    }

    private static <T> List<LockedRow> inPages(List<T> ids, Function<List<T>, List<LockedRow>> statement) {
        List<LockedRow> rows = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += StoredIds.ROWS_PER_STATEMENT) {
            rows.addAll(statement.apply(ids.subList(from, Math.min(ids.size(), from + StoredIds.ROWS_PER_STATEMENT))));
        }
        return rows;
    }

    /**
     * A row that this transaction has locked.
     *
     * @param id of the root, as it was given
     * @param storedId the id as the row has it
     * @param version of the row
     * @param own whether this transaction wrote the row; false if it did so between savepoints, where it has another number
     */
    public record LockedRow(Object id, Object storedId, long version, boolean own) {}

    private List<LockedRow> lock(SharedSessionContractImplementor session, List<Object> ids, String waiting) {
        if (ids.isEmpty()) {
            return List.of();
        }
        String sql = lockPrefix + id.page(ids.size()) + lockSuffix + waiting;
        return SessionConnection.call(session, connection -> rows(connection, session, sql, ids));
    }

    private List<LockedRow> rows(
            Connection connection, SharedSessionContractImplementor session, String sql, List<?> ids)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            id.bind(statement, 1, ids, session);
            try (ResultSet row = statement.executeQuery()) {
                return read(row, ids, session);
            }
        }
    }

    private List<LockedRow> read(ResultSet row, List<?> ids, SharedSessionContractImplementor session)
            throws SQLException {
        List<LockedRow> locked = new ArrayList<>();
        while (row.next()) {
            Object rootId = ids.get(row.getInt(1));
            locked.add(
                    new LockedRow(rootId, this.ids.read(row, 4, session), version(row, 2, rootId), row.getBoolean(3)));
        }
        return locked;
    }

    private long version(ResultSet row, int index, Object id) throws SQLException {
        long value = row.getLong(index);
        if (row.wasNull()) {
            throw new MissingVersionException(entity, id, table, version);
        }
        return value;
    }
}
