package dev.fullstate.outbox.faults.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;

import dev.fullstate.outbox.faults.network.Link;
import dev.fullstate.outbox.faults.network.Ports;
import dev.fullstate.outbox.test.PostgresServer;

/**
 * PostgreSQL, with an address for the harness and another for the relay. Checkpoints are rare, so that after a crash there is
 * something to recover.
 */
public final class Database implements AutoCloseable {

    private static final Map<String, String> SETTINGS = Map.of(
            "max_wal_senders", "32",
            "max_replication_slots", "64",
            "max_connections", "200",
            "checkpoint_timeout", "1h");

    private final PostgresServer server = PostgresServer.start(Ports.free(), SETTINGS);
    private final Link link = Link.to("postgres", server.port());

    public PostgresServer server() {
        return server;
    }

    /** {@return what lies between the relay and the database} */
    public Link link() {
        return link;
    }

    String url(String database) {
        return server.jdbcUrl(database);
    }

    String urlOfRelay(String database) {
        // Without TLS the first bytes tell what a connection is for.
        return "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable".formatted(link.port(), database);
    }

    /** {@return a connection that sends a batch of inserts as one statement} */
    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                url(database) + "?reWriteBatchedInserts=true", server.username(), server.password());
    }

    @Override
    public void close() {
        link.close();
        server.close();
    }
}
