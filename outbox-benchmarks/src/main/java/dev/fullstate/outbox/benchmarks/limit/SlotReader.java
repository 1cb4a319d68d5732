package dev.fullstate.outbox.benchmarks.limit;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/** Reads the messages of a slot as the driver hands them out. */
final class SlotReader implements AutoCloseable {

    // Only this reference keeps the stream's socket from the garbage collector.
    private final Connection connection;
    private final PGReplicationStream stream;

    private SlotReader(Connection connection, PGReplicationStream stream) {
        this.connection = connection;
        this.stream = stream;
    }

    static SlotReader open(String url, String username, String password, String slot) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, username);
        PGProperty.PASSWORD.set(properties, password);
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        Connection connection = DriverManager.getConnection(url, properties);
        PGReplicationStream stream = connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withStartPosition(LogSequenceNumber.valueOf(0))
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", "outbox")
                .withAutomaticFlush(false)
                .start();
        return new SlotReader(connection, stream);
    }

    /** {@return the next message; null if none is there} */
    @Nullable
    ByteBuffer read() throws SQLException {
        return stream.readPending();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
