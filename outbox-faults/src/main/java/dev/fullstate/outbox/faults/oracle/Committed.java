package dev.fullstate.outbox.faults.oracle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.fullstate.outbox.faults.server.Outbox;
import dev.fullstate.outbox.test.PostgresServer;

/** Reads the committed events from the database, and remembers those that the retention or the end of a history has taken from it. */
public final class Committed {

    private final Outbox outbox;
    private final Map<String, Event> former = new LinkedHashMap<>();
    private final List<Event> retired = new ArrayList<>();

    public Committed(Outbox outbox) {
        this.outbox = outbox;
    }

    /** {@return the events that the database has, and those that it had when it lost the end of a history} */
    public History history() throws SQLException {
        return new History(events(), List.copyOf(former.values()));
    }

    /**
     * Remembers the commits of a server that has ended, and whose place another one has taken. Starts that server once more, and closes it;
     * no relay and no writer may reach it any more.
     *
     * @param lost whether the new one may lack the end of its history; otherwise this method remembers nothing
     * @return where its WAL ended
     */
    public String endHistoryOf(PostgresServer ended, boolean lost) throws SQLException {
        ended.restart();
        try (Connection connection = ended.connect(outbox.name());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_current_wal_insert_lsn()")) {
            row.next();
            String end = row.getString(1);
            if (lost) {
                events(connection).forEach(event -> former.put(event.id(), event));
            }
            return end;
        } finally {
            ended.kill();
            ended.close();
        }
    }

    /** {@return per key in the order of the commits, because a key is locked until its transaction is over; also retired events} */
    public List<Event> events() throws SQLException {
        try (Connection connection = outbox.connect()) {
            List<Event> events = new ArrayList<>(retired);
            events.addAll(events(connection));
            return events;
        }
    }

    /**
     * Empties a leaf if a relay has noted that all of its rows are published, as the retention of a service does, and remembers its rows. The
     * rows of the leaves that are left have to be newer.
     *
     * @return whether the leaf is empty now
     * @throws SQLException if a transaction uses the leaf
     */
    public boolean retire(int number) throws SQLException {
        String leaf = "outbox_%02d".formatted(number);
        try (Connection connection = outbox.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table " + leaf + " in access exclusive mode nowait");
            try (ResultSet row = statement.executeQuery(
                    "select 1 from " + leaf
                            + " where not exists (select from outbox_relay where pg_visible_in_snapshot(xid, snapshot)) limit 1")) {
                if (row.next()) {
                    return false;
                }
            }
            List<Event> rows = events(connection, leaf);
            statement.execute("truncate " + leaf);
            connection.commit();
            retired.addAll(rows);
            return true;
        }
    }

    private static List<Event> events(Connection connection) throws SQLException {
        return events(connection, "outbox");
    }

    private static List<Event> events(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select aggregateid, seq, id, entityversion, payload from " + table + " order by seq")) {
            List<Event> events = new ArrayList<>();
            while (rows.next()) {
                events.add(new Event(
                        rows.getString(1), rows.getLong(2), rows.getString(3), rows.getLong(4), rows.getString(5)));
            }
            return events;
        }
    }

    /** {@return the ids of all events} */
    public Set<String> ids() throws SQLException {
        return new HashSet<>(outbox.strings("select id from outbox"));
    }

    public long count() throws SQLException {
        return Long.parseLong(Objects.requireNonNull(outbox.query("select count(*) from outbox")));
    }

    /**
     * Makes sure that the oracle itself can be trusted: the database has each version of a key once, at least up to the last one that it
     * has acknowledged to a writer.
     */
    public void requireWhole(Map<String, Long> acknowledged) throws SQLException {
        Map<String, Long> last = new HashMap<>();
        for (Event event : events()) {
            long previous = last.getOrDefault(event.key(), 0L);
            if (event.version() != previous + 1) {
                throw new AssertionError("The database has " + event + " after version " + previous);
            }
            last.put(event.key(), event.version());
        }
        acknowledged.forEach((key, version) -> {
            if (last.getOrDefault(key, 0L) < version) {
                throw new AssertionError("The database has lost version " + version + " of " + key);
            }
        });
    }

    /**
     * Returns the ids of events that PostgreSQL would not send again, because the slot is confirmed beyond them. It reads a copy of the
     * slot, so that a relay may stream from the slot itself. Without a slot it returns those that the relay has noted as published.
     */
    public Set<String> confirmedIds() throws SQLException {
        if (!outbox.hasSlot()) {
            return new HashSet<>(outbox.strings("select id from outbox, outbox_relay where pipeline = '" + outbox.name()
                    + "' and pg_visible_in_snapshot(xid, snapshot)"));
        }
        String copy = outbox.name() + "_look";
        try (Connection connection = outbox.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "select pg_copy_logical_replication_slot('%s', '%s', true)".formatted(outbox.name(), copy));
            // The rows are those of the statement's snapshot; the statement reads the slot afterwards, which has them
            // all.
            try (ResultSet rows = statement.executeQuery("""
                    with unconfirmed as materialized (
                        select substring(encode(data, 'escape')
                                   from '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')::uuid as id
                          from pg_logical_slot_peek_binary_changes(
                                   '%s', null, null, 'proto_version', '1', 'publication_names', 'outbox')
                         where get_byte(data, 0) = ascii('I'))
                    select id from outbox where id not in (select id from unconfirmed)
                    """.formatted(copy))) {
                Set<String> ids = new HashSet<>();
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
                // Not left to the end of the connection: the server may still be at that when the next copy is made.
                statement.execute("select pg_drop_replication_slot('%s')".formatted(copy));
                return ids;
            }
        }
    }
}
