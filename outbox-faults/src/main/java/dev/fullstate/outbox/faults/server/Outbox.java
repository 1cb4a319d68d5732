package dev.fullstate.outbox.faults.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxMigration;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.faults.network.Link;

/**
 * A database with the outbox of the contract, and aggregates with an id and a version, which writers lock as an application's do.
 * Its name is also that of the slot, and the beginning of the topic's.
 */
public final class Outbox {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Database database;
    private final String name;

    private Outbox(Database database, String name) {
        this.database = database;
        this.name = name;
    }

    /** Creates a database of its own on the server. */
    public static Outbox create(Database database, int aggregateCount) throws SQLException {
        Outbox outbox = new Outbox(database, "faults_" + COUNT.incrementAndGet());
        database.server().createDatabase(outbox.name);
        outbox.execute(OutboxMigration.script(OutboxNames.DEFAULT));
        outbox.execute("create table aggregate (id text primary key, version bigint not null)");
        outbox.execute(
                "insert into aggregate select 'key-' || n, 0 from generate_series(0, " + (aggregateCount - 1) + ") n");
        return outbox;
    }

    public Database database() {
        return database;
    }

    public String name() {
        return name;
    }

    public String topic() {
        return name + ".order";
    }

    /** {@return the URL that leads the relay through the links of the database, wherever its server is} */
    public String urlOfRelay() {
        return database.urlOfRelay(name);
    }

    /** {@return the URL that leads a relay through a link of its own} */
    public String urlThrough(Link link) {
        return database.urlThrough(link, name);
    }

    /** {@return a new connection that does not go through the link} */
    public Connection connect() throws SQLException {
        return database.connect(name);
    }

    public void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** {@return the first column of the first row, as text; null without a row} */
    public @Nullable String query(String sql) throws SQLException {
        List<@Nullable String> rows = strings(sql);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /** {@return the first column of all rows, as text} */
    public List<@Nullable String> strings(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<@Nullable String> strings = new ArrayList<>();
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        }
    }

    /** Commits events one by one; the aggregates take turns, beginning with the first. */
    public void write(int eventCount) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement("""
                        with raised as (
                            update aggregate set version = version + 1
                             where id = 'key-' || ? % (select count(*) from aggregate)
                            returning id, version)
                        insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, entityversion, operation)
                        select gen_random_uuid(), 'order', id, 'com.example.Order', '{"version":' || version || '}',
                               'urn:service:faults', gen_random_uuid(), version, 'update'
                          from raised
                        """)) {
            for (int i = 0; i < eventCount; i++) {
                statement.setInt(1, i);
                statement.executeUpdate();
            }
        }
    }

    /** {@return whether a relay streams from the slot, or leads and reads the table} */
    public boolean isStreamed() throws SQLException {
        // A session that copies the first start's slot holds the copy for a moment too.
        return query("select 1 from pg_replication_slots s join pg_stat_replication r on r.pid = s.active_pid"
                        + " where r.state <> 'startup' and s.slot_name = '" + name + "'"
                        + " union all select 1 from pg_locks l join pg_stat_activity a on a.pid = l.pid"
                        + " where l.locktype = 'advisory' and l.granted and a.backend_type = 'client backend'"
                        + " and a.application_name = 'outbox-relay " + name + "'")
                != null;
    }

    /** {@return whether there is a slot} */
    public boolean hasSlot() throws SQLException {
        return query("select 1 from pg_replication_slots where slot_name = '" + name + "'") != null;
    }

    /** Ends the process that streams to the relay, as an administrator does. */
    public void terminateWalSender() {
        try {
            query("select pg_terminate_backend(active_pid) from pg_replication_slots where active and slot_name = '"
                    + name + "'");
        } catch (SQLException e) {
            throw new IllegalStateException("The walsender of slot " + name + " could not be terminated", e);
        }
    }

    /** {@return bytes of WAL that the slot keeps} */
    public long retainedBytes() throws SQLException {
        return Long.parseLong(Objects.requireNonNull(
                query("select pg_current_wal_lsn() - restart_lsn from pg_replication_slots where slot_name = '" + name
                        + "'")));
    }

    /** {@return how many walsenders of the server have given up a client that went silent} */
    public long walSenderTimeoutCount() throws SQLException {
        return Long.parseLong(
                Objects.requireNonNull(
                        query(
                                "select count(*) from"
                                        + " regexp_matches(pg_read_file('../server.log'), 'terminating walsender process due to replication timeout', 'g')")));
    }

    /** Removes the slot, which would keep WAL and slow down other tests on the server. */
    public void drop() throws SQLException {
        terminateWalSender();
        query("select pg_terminate_backend(active_pid, 60000) from pg_replication_slots where slot_name = '" + name
                + "'");
        query("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '" + name + "'");
    }
}
