package dev.fullstate.outbox.harness.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import dev.fullstate.outbox.test.PostgresServer;

/** Creates databases on a server that several test classes share. */
public final class Databases {

    private Databases() {}

    /**
     * Creates an empty database, in place of one with that name that an earlier test has left.
     *
     * @return its URL
     */
    public static String recreate(PostgresServer server, String name) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("drop database if exists \"" + name + "\" with (force)");
        }
        return server.createDatabase(name);
    }
}
