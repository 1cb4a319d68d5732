package dev.fullstate.outbox.benchmarks.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;

/** Writes single-row transactions at a fixed rate, whether or not their events arrive: an open loop, from one connection. */
public final class PacedWriter implements AutoCloseable {

    private static final int KEYS = 5_000;
    private static final int PAYLOAD_BYTES = 1_000;

    private final Connection connection;
    private final OutboxWriter rows;
    private final long[] startedMicros;
    private int written;

    /**
     * @param capacity the most events that will be written
     */
    public PacedWriter(OutboxDatabase database, int capacity) throws SQLException {
        this.connection = database.connectForBatches();
        this.rows = new OutboxWriter(connection, 0, PAYLOAD_BYTES);
        this.startedMicros = new long[capacity];
    }

    /**
     * Writes for a while; returns when the last transaction has committed.
     *
     * @return the number of the first event of this call; {@link #written()} is the one after its last
     */
    public int write(int perSecond, Duration duration) throws SQLException {
        int first = written;
        writeInTurn(List.of(this), perSecond, duration);
        return first;
    }

    /** Has several writers take turns; the rate is that of all together. */
    public static void writeInTurn(List<PacedWriter> writers, int perSecond, Duration duration) throws SQLException {
        long count = perSecond * duration.toMillis() / 1000;
        long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long began = System.nanoTime();
        for (long i = 0; i < count; i++) {
            waitUntil(began + i * interval);
            writers.get((int) (i % writers.size())).writeOne();
        }
    }

    private void writeOne() throws SQLException {
        rows.add(written, written % KEYS, written / KEYS);
        startedMicros[written] = Clock.micros();
        rows.send();
        written++;
    }

    private static void waitUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** {@return how many events have been written so far} */
    public int written() {
        return written;
    }

    /** {@return when the transaction of an event began, in microseconds since the epoch} */
    public long startedMicros(int number) {
        return startedMicros[number];
    }

    @Override
    public void close() throws SQLException {
        rows.close();
        connection.close();
    }
}
