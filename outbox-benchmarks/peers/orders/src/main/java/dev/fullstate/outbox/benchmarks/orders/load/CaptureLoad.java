package dev.fullstate.outbox.benchmarks.orders.load;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;

import org.springframework.jdbc.core.simple.JdbcClient;

import dev.fullstate.outbox.benchmarks.orders.arrival.Window;
import dev.fullstate.outbox.benchmarks.orders.order.Orders;

/** Loads the write path alone: each thread makes transactions one after the other, and waits for no events. */
final class CaptureLoad {

    private final Orders orders;
    private final int orderCount;
    private final JdbcClient jdbc;

    CaptureLoad(Orders orders, int orderCount, JdbcClient jdbc) {
        this.orders = orders;
        this.orderCount = orderCount;
        this.jdbc = jdbc;
    }

    Map<String, Number> run(Operation operation, int threads, Duration length)
            throws InterruptedException, ExecutionException {
        LongAdder transactions = new LongAdder();
        LongAdder nanos = new LongAdder();
        Window window = Window.afterWarmUp(length);
        Crew crew = Crew.start(threads, thread -> {
            OwnOrders own = new OwnOrders(thread, threads, orderCount);
            return () -> {
                while (!window.isOver()) {
                    long began = System.nanoTime();
                    operation.run(orders, own.any());
                    nanos.add(System.nanoTime() - began);
                    transactions.increment();
                }
            };
        });
        window.awaitBegin();
        Sample begin = sample(transactions, nanos);
        window.awaitEnd();
        Sample end = sample(transactions, nanos);
        crew.join();
        return end.figuresSince(begin);
    }

    private Sample sample(LongAdder transactions, LongAdder nanos) {
        long wal = jdbc.sql("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
                .query(Long.class)
                .single();
        return new Sample(System.nanoTime(), transactions.sum(), nanos.sum(), wal);
    }

    /**
     * The work done until a point in time.
     *
     * @param time         of {@link System#nanoTime()}
     * @param transactions committed so far
     * @param nanos        that they took together
     * @param wal          position up to which the server has written WAL, in bytes; that of other activity included
     */
    private record Sample(long time, long transactions, long nanos, long wal) {

        Map<String, Number> figuresSince(Sample begin) {
            double count = transactions - begin.transactions;
            Map<String, Number> figures = new LinkedHashMap<>();
            figures.put("transactionsPerSecond", count * 1e9 / (time - begin.time));
            figures.put("walBytesPerTransaction", (wal - begin.wal) / count);
            figures.put("averageMillis", (nanos - begin.nanos) / count / 1e6);
            return figures;
        }
    }
}
