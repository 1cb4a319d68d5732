package dev.fullstate.outbox.benchmarks.micro;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.fullstate.outbox.benchmarks.load.Backlog;
import dev.fullstate.outbox.benchmarks.server.DatabaseServer;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.relay.wal.WalSource;
import dev.fullstate.outbox.relay.wal.WalStream;

/**
 * The messages of a real server for one transaction with rows like those of the case {@code drain-1k}.
 *
 * @param relations the messages that a stream sends only once, before the first row: the table, and the partition that has the row
 * @param messages  begin, the rows, and commit
 */
record RecordedTransaction(List<ByteBuffer> relations, List<ByteBuffer> messages) {

    private static final String SLOT = "micro";
    private static final int PAYLOAD_BYTES = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    static RecordedTransaction record(int rows) throws SQLException {
        try (DatabaseServer server = new DatabaseServer();
                OutboxDatabase database = server.newDatabase(SLOT)) {
            database.copySlot(SLOT);
            new Backlog(rows, rows, rows, PAYLOAD_BYTES).fill(database);
            try (WalSession session = WalSource.of(settings(database)).open()) {
                session.lead();
                return read(session.subscribe().stream());
            } finally {
                database.dropSlot(SLOT);
            }
        }
    }

    private static WalSettings settings(OutboxDatabase database) {
        return new WalSettings(
                database.jdbcUrl(),
                database.username(),
                database.password(),
                OutboxNames.DEFAULT.publication(),
                SLOT,
                PATIENCE,
                PATIENCE,
                PATIENCE,
                PATIENCE);
    }

    private static RecordedTransaction read(WalStream stream) {
        List<ByteBuffer> relations = new ArrayList<>();
        List<ByteBuffer> messages = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            ByteBuffer message = stream.read();
            if (message != null) {
                char tag = (char) message.get(message.position());
                (tag == 'R' ? relations : messages).add(copy(message));
                if (tag == 'C') {
                    return new RecordedTransaction(relations, messages);
                }
            }
        }
        throw new IllegalStateException("The commit of a transaction had not arrived after " + PATIENCE);
    }

    /** The driver's buffer is valid until the next message only. */
    private static ByteBuffer copy(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
