package dev.fullstate.outbox.benchmarks.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;

/**
 * Events that wait in the outbox before a contender starts.
 *
 * @param events             how many
 * @param keys               how many aggregates they belong to, in turn
 * @param rowsPerTransaction how many are committed together
 * @param payloadBytes       size of each payload
 * @param unpublishedRows    for each event, rows of the same size in a table that is not published, in the same transaction
 */
public record Backlog(int events, int keys, int rowsPerTransaction, int payloadBytes, int unpublishedRows) {

    private static final int WRITERS = 2;
    private static final int ROWS_PER_BATCH = 100;
    private static final String UNPUBLISHED =
            "insert into unpublished select repeat(md5(n::text), ? / 32) from generate_series(1, ?) as n";

    /** A backlog in a database where nothing else is written. */
    public Backlog(int events, int keys, int rowsPerTransaction, int payloadBytes) {
        this(events, keys, rowsPerTransaction, payloadBytes, 0);
    }

    /**
     * Writes all events. A key belongs to one writer, which numbers its events upwards: per key the numbers rise in the order
     * of commit.
     */
    public void fill(OutboxDatabase database) throws SQLException {
        database.execute("create table if not exists unpublished (content text)");
        // A transaction is written by one thread: a single one for everything needs a single writer.
        int writers = rowsPerTransaction >= events ? 1 : WRITERS;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> written = new ArrayList<>();
            IntStream.range(0, writers)
                    .forEach(writer -> written.add(threads.submit(() -> {
                        write(database, writer, writers);
                        return null;
                    })));
            for (Future<?> future : written) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw new SQLException("Could not fill the backlog: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the backlog was filled", e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Writes all events, and leaves them to the WAL, as a program finds them that was stopped for a while. */
    public void fillWal(OutboxDatabase database) throws SQLException {
        fill(database);
        database.leaveRowsToTheWal();
    }

    private void write(OutboxDatabase database, int writer, int writers) throws SQLException {
        try (Connection connection = database.connectForBatches();
                OutboxWriter rows = new OutboxWriter(connection, writer, payloadBytes);
                PreparedStatement unpublished = connection.prepareStatement(UNPUBLISHED)) {
            connection.setAutoCommit(false);
            unpublished.setInt(1, payloadBytes);
            int inBatch = 0;
            int inTransaction = 0;
            for (int number = writer; number < events; number += writers) {
                rows.add(number, number % keys, number / keys);
                inBatch++;
                inTransaction++;
                if (inBatch == ROWS_PER_BATCH || inTransaction == rowsPerTransaction || number + writers >= events) {
                    rows.send();
                    inBatch = 0;
                }
                if (inTransaction == rowsPerTransaction) {
                    if (unpublishedRows > 0) {
                        unpublished.setInt(2, unpublishedRows * inTransaction);
                        unpublished.execute();
                    }
                    connection.commit();
                    inTransaction = 0;
                }
            }
            connection.commit();
        }
    }
}
