package dev.fullstate.outbox.benchmarks.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;

import dev.fullstate.outbox.harness.process.ProcessUsage;
import dev.fullstate.outbox.test.PostgresServer;

/**
 * The PostgreSQL server of a run: that of the tests, with room for the whole backlog in memory and in the WAL, so that no checkpoint falls
 * into one contender's turn. As in the tests {@code fsync} is off: no contender is measured by the disk.
 */
public final class DatabaseServer implements AutoCloseable {

    private static final Map<String, String> SETTINGS = Map.of(
            "shared_buffers", "1GB",
            "max_wal_size", "64GB",
            "checkpoint_timeout", "1h",
            "max_wal_senders", "40",
            "max_replication_slots", "40",
            "max_connections", "200");

    private final PostgresServer server = PostgresServer.start(0, SETTINGS);
    private int databaseCount;

    /** {@return an empty database with the outbox's tables and publication, and the slot {@value OutboxDatabase#BASE_SLOT}} */
    public OutboxDatabase newDatabase(String prefix) throws SQLException {
        databaseCount++;
        return OutboxDatabase.create(server, (prefix + "_" + databaseCount).replace('-', '_'));
    }

    /** {@return the resources of the server, which has a process for each connection} */
    public ProcessUsage usage() {
        Path pidFile = server.dataFolder().resolve("postmaster.pid");
        try (Stream<String> lines = Files.lines(pidFile)) {
            return new ProcessUsage(
                    Long.parseLong(lines.findFirst().orElseThrow().strip()));
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read " + pidFile, e);
        }
    }

    public Map<String, String> settings() {
        return SETTINGS;
    }

    public String version() throws SQLException {
        try (Connection connection = server.connect("postgres")) {
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
