package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxMigration;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.harness.outbox.MigratedDatabase;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.test.PostgresServer;

/** A database with an outbox, to which the test writes by plain SQL. */
final class OutboxDatabase implements AutoCloseable {

    private static final String PREFIX = "outbox_it";

    private final MigratedDatabase database;

    private OutboxDatabase(MigratedDatabase database) {
        this.database = database;
    }

    /** A new database of the shared server, without the outbox. */
    static OutboxDatabase empty() throws SQLException {
        return new OutboxDatabase(MigratedDatabase.empty(SharedServers.postgres(), PREFIX));
    }

    /** Starts a server for whose synchronous commits a standby is missing; a session has them with synchronous_commit=on. */
    static PostgresServer serverWithAnAbsentStandby() {
        return PostgresServer.start(0, Map.of("synchronous_standby_names", "nobody", "synchronous_commit", "local"));
    }

    /** Makes a database of the shared server, with the outbox. */
    static OutboxDatabase migrated() throws SQLException {
        return migrated(SharedServers.postgres());
    }

    /** Makes a database of another server, with the outbox. */
    static OutboxDatabase migrated(PostgresServer server) throws SQLException {
        return new OutboxDatabase(MigratedDatabase.create(server, PREFIX));
    }

    void migrate() throws SQLException {
        database.migrate();
    }

    static String migration() {
        return OutboxMigration.script(OutboxNames.DEFAULT);
    }

    /** Returns the name, which is also the slot's and the prefix of the topics. */
    String name() {
        return database.name();
    }

    String url() {
        return database.url();
    }

    PostgresServer server() {
        return database.server();
    }

    /** Opens another connection, for a transaction beside others. */
    Connection connect() throws SQLException {
        return database.connect();
    }

    void execute(String sql) throws SQLException {
        database.execute(sql);
    }

    void execute(OutboxInsert insert) throws SQLException {
        database.execute(insert.sql());
    }

    @Nullable
    String query(String sql) throws SQLException {
        return database.query(sql);
    }

    /** Counts the rows that no relay has noted as published. */
    int unnotedCount() throws SQLException {
        return Integer.parseInt(query("""
            select count(*) from outbox
             where not exists (select from outbox_relay where pg_visible_in_snapshot(xid, snapshot))
            """));
    }

    /** Commits one row. */
    void insert(String aggregateId, @Nullable String payload) throws SQLException {
        execute(OutboxInsert.row().of(aggregateId).payload(payload));
    }

    static void insert(Connection connection, String aggregateId, @Nullable String payload) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    OutboxInsert.row().of(aggregateId).payload(payload).sql());
        }
    }

    /** Creates a role with the rights that a relay needs, and no others. */
    void createRelayRole(String role) throws SQLException {
        execute("create role " + role + " login replication password 'secret'; grant select on outbox to " + role
                + "; grant select, insert, update on outbox_relay to " + role
                + "; grant select on outbox_relay_job to " + role
                + "; grant select, insert on outbox_job_end to " + role
                + "; grant select, insert, update, delete on outbox_parked to " + role
                + "; grant select, insert, update on outbox_command to " + role
                + "; grant select, update on sequence outbox_seq to " + role);
    }

    /** Asks the relay, as an operator does, to do something with all aggregates that are parked. */
    void ask(String command) throws SQLException {
        execute("insert into outbox_command (pipeline, command, requested_by) values ('" + name() + "', '" + command
                + "', 'test')");
    }

    boolean hasSlot() throws SQLException {
        return query("select 1 from pg_replication_slots where slot_name = '" + name() + "'") != null;
    }

    /** Returns up to where the slot is confirmed. */
    Lsn confirmed() throws SQLException {
        return Lsn.parse(Objects.requireNonNull(
                query("select confirmed_flush_lsn from pg_replication_slots where slot_name = '" + name() + "'")));
    }

    Lsn walPosition() throws SQLException {
        return Lsn.parse(Objects.requireNonNull(query("select pg_current_wal_lsn()")));
    }

    /** Cuts the relay's connections off, also those of a closed relay that the server still holds. */
    void terminateSessions() throws SQLException {
        query("select count(pg_terminate_backend(pid, 60000)) from pg_stat_activity where datname = '" + name()
                + "' and application_name like 'outbox-relay %'");
    }

    /**
     * Cuts the relay's connections off, and does not wait until they are gone: the process that sends the stream is not gone before the relay has
     * read what it was sent.
     */
    void endSessions() throws SQLException {
        query("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '" + name()
                + "' and application_name like 'outbox-relay %'");
    }

    /** Cuts the relay's stream off, as an administrator or a failing network would. */
    void terminateWalSender() throws SQLException {
        query("select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = '" + name()
                + "'");
    }

    /** Drops the slot, if there is one: also that of a relay whose connections have just been closed, and whose process may not know it yet. */
    void dropSlot() throws SQLException {
        terminateWalSender();
        query("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '" + name()
                + "'");
    }

    @Override
    public void close() throws SQLException {
        dropSlot();
        database.close();
    }
}
