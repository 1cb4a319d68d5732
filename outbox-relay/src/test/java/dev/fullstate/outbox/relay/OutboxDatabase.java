package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxMigration;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.test.PostgresServer;

/** A database with the outbox of the contract, written to by plain SQL. */
final class OutboxDatabase implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final PostgresServer server;
    private final String name;
    private final Connection connection;

    private OutboxDatabase(PostgresServer server, String name) throws SQLException {
        this.server = server;
        this.name = name;
        server.createDatabase(name);
        this.connection = server.connect(name);
    }

    /** A new database of the shared server, without the outbox. */
    static OutboxDatabase empty() throws SQLException {
        return new OutboxDatabase(Servers.POSTGRES, "outbox_it_" + COUNT.incrementAndGet());
    }

    /** A new database of the shared server, with the outbox. */
    static OutboxDatabase migrated() throws SQLException {
        OutboxDatabase database = empty();
        database.migrate();
        return database;
    }

    /** A new database of another server, with the outbox. */
    static OutboxDatabase migrated(PostgresServer server) throws SQLException {
        OutboxDatabase database = new OutboxDatabase(server, "outbox_it_" + COUNT.incrementAndGet());
        database.migrate();
        return database;
    }

    void migrate() throws SQLException {
        execute(migration());
    }

    static String migration() {
        return OutboxMigration.script(OutboxNames.DEFAULT);
    }

    /** Also the slot's name and the prefix of the topics. */
    String name() {
        return name;
    }

    String url() {
        return server.jdbcUrl(name);
    }

    PostgresServer server() {
        return server;
    }

    /** Another connection, for a transaction beside others. */
    Connection connect() throws SQLException {
        return server.connect(name);
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Nullable
    String query(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    /** Commits one row. */
    void insert(String aggregateId, String payload) throws SQLException {
        insert(connection, aggregateId, payload);
    }

    static void insert(Connection connection, String aggregateId, @Nullable String payload) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into outbox (id, aggregatetype, aggregateid, type, payload, source, time, changeid, entityversion,"
                        + " operation) values (?, 'order', ?, 'com.example.Order', ?, 'urn:service:test', now(), ?, 1, ?)")) {
            statement.setObject(1, UUID.randomUUID());
            statement.setString(2, aggregateId);
            statement.setString(3, payload);
            statement.setObject(4, UUID.randomUUID());
            statement.setString(5, payload == null ? "delete" : "update");
            statement.executeUpdate();
        }
    }

    /** Creates a role with the rights that a relay needs, and no others. */
    void createRelayRole(String role) throws SQLException {
        execute("create role " + role + " login replication password 'secret'; grant select on outbox to " + role
                + "; grant select, insert, update on outbox_relay to " + role
                + "; grant select on outbox_relay_job to " + role
                + "; grant select, insert on outbox_job_end to " + role
                + "; grant select, update on sequence outbox_seq to " + role);
    }

    boolean hasSlot() throws SQLException {
        return query("select 1 from pg_replication_slots where slot_name = '" + name + "'") != null;
    }

    /** Where the slot is confirmed. */
    Lsn confirmed() throws SQLException {
        return Lsn.parse(Objects.requireNonNull(
                query("select confirmed_flush_lsn from pg_replication_slots where slot_name = '" + name + "'")));
    }

    Lsn walPosition() throws SQLException {
        return Lsn.parse(Objects.requireNonNull(query("select pg_current_wal_lsn()")));
    }

    /** Cuts the relay's connections off, whatever it is at, also those of one that is closed and that the server has not missed yet. */
    void terminateSessions() throws SQLException {
        query("select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = '" + name
                + "' and application_name like 'outbox-relay %'");
    }

    /** Cuts the relay's stream off, as an administrator or a failing network would. */
    void terminateWalSender() throws SQLException {
        query("select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = '" + name
                + "'");
    }

    @Override
    public void close() throws SQLException {
        terminateWalSender();
        query("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '" + name + "'");
        connection.close();
    }
}
