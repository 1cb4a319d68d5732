package dev.fullstate.outbox.benchmarks.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalLong;

import dev.fullstate.outbox.contract.OutboxMigration;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.test.PostgresServer;

/**
 * A database with the outbox as the starter creates it, and a slot that keeps the WAL from before the first row: each contender
 * drains a copy of it, so that all read the same WAL.
 */
public final class OutboxDatabase implements AutoCloseable {

    static final String BASE_SLOT = "base";

    private final PostgresServer server;
    private final String name;
    private final Connection connection;
    /** Whether the rows are in the WAL only. */
    private boolean emptied;

    private OutboxDatabase(PostgresServer server, String name, Connection connection) {
        this.server = server;
        this.name = name;
        this.connection = connection;
    }

    static OutboxDatabase create(PostgresServer server, String name) throws SQLException {
        server.createDatabase(name);
        OutboxDatabase database = new OutboxDatabase(server, name, server.connect(name));
        database.execute(OutboxMigration.script(OutboxNames.DEFAULT));
        database.execute("select pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(database.baseSlot()));
        return database;
    }

    public String name() {
        return name;
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return server.port();
    }

    public String jdbcUrl() {
        return server.jdbcUrl(name);
    }

    public String username() {
        return server.username();
    }

    public String password() {
        return server.password();
    }

    /** {@return a new connection that sends a batch of inserts as one statement} */
    public Connection connectForBatches() throws SQLException {
        return DriverManager.getConnection(jdbcUrl() + "?reWriteBatchedInserts=true", username(), password());
    }

    public void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** {@return the first column of the first row as a number} */
    public long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /**
     * Removes all rows from the table, so that only the WAL has them. A relay that has no position yet publishes the rows of the table, and not those
     * of the WAL: from now on each slot comes with the command by which our relay accepts the slot's position as its own, and goes on from there.
     */
    public void leaveRowsToTheWal() throws SQLException {
        execute("truncate outbox");
        emptied = true;
    }

    /** Adds a slot that will send everything since the database was created. */
    public void copySlot(String slot) throws SQLException {
        execute("select pg_copy_logical_replication_slot('%s', '%s')".formatted(baseSlot(), slot));
        if (emptied) {
            execute("""
                    insert into outbox_command (pipeline, command, slot_position, requested_by)
                    select slot_name, 'accept', confirmed_flush_lsn, 'benchmark' from pg_replication_slots where slot_name = '%s'
                    """.formatted(slot));
        }
    }

    /** Removes a slot, if the contender has not, with the walsender of a contender that has not noticed its end. */
    public void dropSlot(String slot) throws SQLException {
        OptionalLong sender = walSender(slot);
        while (sender.isPresent()) {
            execute("select pg_terminate_backend(%d, 1000)".formatted(sender.getAsLong()));
            sender = walSender(slot);
        }
        execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '%s'"
                .formatted(slot));
    }

    /** {@return the process that sends what the slot holds; empty while no client reads it} */
    public OptionalLong walSender(String slot) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select active_pid from pg_replication_slots where slot_name = ?")) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                boolean active = row.next() && row.getObject(1) != null;
                return active ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    private String baseSlot() {
        // Slots belong to the server: two databases need two names.
        return BASE_SLOT + "_" + name;
    }

    /** Releases the WAL and the disk. */
    @Override
    public void close() throws SQLException {
        dropSlot(baseSlot());
        connection.close();
        try (Connection other = server.connect("postgres");
                Statement statement = other.createStatement()) {
            statement.execute("drop database \"%s\" with (force)".formatted(name));
            statement.execute("checkpoint");
        }
    }
}
