package dev.fullstate.outbox.relay.wal;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.failure.FailureKind;

/** Asks through the ordinary connection, for each row again, because few rows have to be looked for. */
final class PostgresCurrentRows implements CurrentRows {

    private static final List<String> COLUMNS = OutboxTable.PUBLISHED_COLUMNS;

    /** The columns that tell a row from all others. */
    private static final List<String> KEYS = List.of(OutboxTable.SEQ, OutboxTable.ID);

    /**
     * The columns that tell it from the other rows of its transaction if both keys were dropped; operators have no reason to change them.
     */
    private static final List<String> TRAITS = List.of(OutboxTable.CHANGE_ID, OutboxTable.CREATED_AT);

    private final Connection connection;
    private final OutboxNames names;
    private final String slotName;

    PostgresCurrentRows(Connection connection, OutboxNames names, String slotName) {
        this.connection = connection;
        this.names = names;
        this.slotName = slotName;
    }

    @Override
    public String table() {
        return names.text("{outbox}");
    }

    @Override
    public boolean belongsToOutbox(int relationOid, String schema, String name) {
        if (name.equals(names.table()) && schema.equals(names.schema())) {
            return true;
        }
        try (PreparedStatement statement = connection.prepareStatement("""
                select ?::oid in (select to_regclass(?)::oid union all
                                  select inhrelid from pg_inherits where inhparent = to_regclass(?)::oid)
                """)) {
            statement.setLong(1, Integer.toUnsignedLong(relationOid));
            statement.setString(2, names.sql("{outbox}"));
            statement.setString(3, names.sql("{outbox}"));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        } catch (SQLException e) {
            throw SqlFailure.of("Table " + schema + "." + name + " of the stream could not be looked for", e);
        }
    }

    @Override
    public @Nullable Found find(byte[] @Nullable [] values, int xid) {
        try {
            Set<String> present = columns();
            Found found = null;
            for (Attempt attempt : attempts(values, present)) {
                found = found == null ? find(values, xid, present, attempt) : found;
            }
            return found;
        } catch (SQLException e) {
            throw SqlFailure.of(names.text("A row of the stream could not be looked for in {outbox}"), e);
        }
    }

    /**
     * First by the keys, with their index. Then also by one of them, as the other may be what was corrected, among the rows of the
     * transaction, which have an index, too.
     */
    private List<Attempt> attempts(byte[] @Nullable [] values, Set<String> present) {
        List<String> keys = known(values, present, KEYS);
        if (keys.contains(OutboxTable.SEQ)) {
            return List.of(new Attempt(keys, " and ", false), new Attempt(keys, " or ", true));
        }
        if (!keys.isEmpty()) {
            return List.of(new Attempt(keys, " and ", true), new Attempt(keys, " and ", false));
        }
        if (known(values, present, TRAITS).size() == TRAITS.size()) {
            return List.of(new Attempt(TRAITS, " and ", true));
        }
        throw unidentified("it comes without " + KEYS);
    }

    private @Nullable Found find(byte[] @Nullable [] values, int xid, Set<String> present, Attempt attempt)
            throws SQLException {
        List<String> selected = COLUMNS.stream().filter(present::contains).toList();
        try (PreparedStatement statement = connection.prepareStatement(query(selected, attempt))) {
            statement.setLong(1, Integer.toUnsignedLong(xid));
            for (int i = 0; i < attempt.columns.size(); i++) {
                statement.setString(i + 2, text(values[COLUMNS.indexOf(attempt.columns.get(i))]));
            }
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                boolean visible = rows.getBoolean("visible");
                Found found = rows.getBoolean("found") ? row(rows, selected, present) : null;
                if (rows.next()) {
                    throw unidentified("several rows have its " + attempt.columns);
                }
                if (found == null) {
                    requireDeleted(attempt, visible);
                }
                return found;
            }
        }
    }

    private void requireDeleted(Attempt attempt, boolean visible) {
        if (!visible) {
            // A commit is in the WAL before others see what it has written; long before, where it waits for a standby.
            throw new WalException(
                    FailureKind.RETRY,
                    names.text(
                            "A row of {outbox} cannot be published, and its transaction does not show in the table yet"),
                    "None: the relay looks again. If it stays so, the commit waits for a synchronous standby",
                    null);
        }
        if (attempt.columns.equals(TRAITS)) {
            throw unidentified("no row has its " + TRAITS);
        }
    }

    /** The first parameter is the transaction, whose epoch is that of the nearest of the newest ones. */
    private String query(List<String> selected, Attempt attempt) {
        return names.sql("""
                with now as (
                    select pg_current_snapshot() as snapshot, pg_snapshot_xmax(pg_current_snapshot())::text::bigint as xmax),
                written as (
                    select snapshot,
                           (xmax + (? - xmax %% 4294967296 + 6442450944) %% 4294967296 - 2147483648)::text::xid8 as xid
                      from now)
                select pg_visible_in_snapshot(w.xid, w.snapshot) as visible, o.tableoid is not null as found, %s
                  from written w left join {outbox} o on %s
                """.formatted(RowText.columns("o", selected), attempt.condition()));
    }

    private static Found row(ResultSet rows, List<String> selected, Set<String> present) throws SQLException {
        byte[][] values = new byte[COLUMNS.size()][];
        for (String column : selected) {
            String value = rows.getString(column);
            values[COLUMNS.indexOf(column)] = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        }
        List<String> missing = new ArrayList<>(COLUMNS);
        missing.removeAll(present);
        return new Found(values, missing);
    }

    private Set<String> columns() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select attname from pg_attribute where attrelid = to_regclass(?) and attnum > 0 and not attisdropped")) {
            statement.setString(1, names.sql("{outbox}"));
            Set<String> columns = new HashSet<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                }
            }
            return columns;
        }
    }

    private static List<String> known(byte[] @Nullable [] values, Set<String> present, List<String> columns) {
        return columns.stream()
                .filter(column -> present.contains(column) && values[COLUMNS.indexOf(column)] != null)
                .toList();
    }

    private static @Nullable String text(byte @Nullable [] value) {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private WalException unidentified(String why) {
        return new WalException(
                FailureKind.PERMANENT,
                names.text("A row of {outbox} cannot be published as it comes, and cannot be found in the table: ")
                        + why,
                "select pg_drop_replication_slot('" + slotName
                        + "'); -- while no relay runs. The relay then makes another one, and publishes from the table what Kafka"
                        + " lacks",
                null);
    }

    /**
     * One way to look for a row.
     *
     * @param ofTransaction whether only rows of the row's transaction are asked for
     */
    private record Attempt(List<String> columns, String operator, boolean ofTransaction) {

        String condition() {
            String equal = columns.stream()
                    .map(column -> "o." + column + " = ?::" + OutboxTable.type(column))
                    .collect(Collectors.joining(operator));
            return ofTransaction ? "o.xid = w.xid and (" + equal + ")" : equal;
        }
    }
}
