package dev.fullstate.outbox.harness.outbox;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxMigration;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.test.PostgresServer;

/**
 * A database of its own with the outbox of all migrations and nothing else, and a connection of the superuser to it. The server keeps the
 * database until its own end.
 */
public final class MigratedDatabase implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final PostgresServer server;
    private final String name;
    private final Connection connection;

    private MigratedDatabase(PostgresServer server, String name) throws SQLException {
        this.server = server;
        this.name = name;
        server.createDatabase(name);
        this.connection = server.connect(name);
    }

    /**
     * Creates a database with an outbox.
     *
     * @param prefix of its name, to which a number is added that no other database of this JVM has
     */
    public static MigratedDatabase create(PostgresServer server, String prefix) throws SQLException {
        MigratedDatabase database = empty(server, prefix);
        database.migrate();
        return database;
    }

    /** Creates a database without the outbox. */
    public static MigratedDatabase empty(PostgresServer server, String prefix) throws SQLException {
        return new MigratedDatabase(server, prefix + "_" + COUNT.incrementAndGet());
    }

    /** Creates the outbox, under its default names. */
    public void migrate() throws SQLException {
        execute(OutboxMigration.script(OutboxNames.DEFAULT));
    }

    public PostgresServer server() {
        return server;
    }

    public String name() {
        return name;
    }

    public String url() {
        return server.jdbcUrl(name);
    }

    /** {@return another connection of the superuser, to be closed by the caller} */
    public Connection connect() throws SQLException {
        return server.connect(name);
    }

    public void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
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
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<@Nullable String> strings = new ArrayList<>();
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        }
    }

    /** Closes the connection. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
