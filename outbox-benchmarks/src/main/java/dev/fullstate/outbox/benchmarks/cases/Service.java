package dev.fullstate.outbox.benchmarks.cases;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

import dev.fullstate.outbox.benchmarks.contender.OrdersApplication;
import dev.fullstate.outbox.benchmarks.contender.OrdersApplication.Outbox;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;

/** The order application with our starter, in a database of its own. */
record Service(OutboxDatabase database, Lane lane, OrdersApplication application) implements AutoCloseable {

    static final int PARTITIONS = 6;

    /** Settings with which an application only writes to the outbox. */
    private static final Map<String, String> UNPUBLISHED =
            Map.of("outbox.relay.enabled", "false", "benchmark.outbox", "none");

    /** Starts it with the relay inside; returns when its orders exist. */
    static Service publishing(Bench bench, String name, Path folder, int orders) throws SQLException {
        return start(bench, name, folder, orders, Map.of(), OrdersApplication.HEAP_IN_MB);
    }

    /** Starts it without a relay; returns when its orders exist. */
    static Service unpublished(Bench bench, String name, Path folder, int orders, int megabytes) throws SQLException {
        return start(bench, name, folder, orders, UNPUBLISHED, megabytes);
    }

    /** Starts it without a relay, with jobs that have one transaction under way at a time, like a program that reads all orders. */
    static Service oneAtATime(Bench bench, String name, Path folder, int orders) throws SQLException {
        Map<String, String> properties = new HashMap<>(UNPUBLISHED);
        properties.put("outbox.republish.parallelism", "1");
        return start(bench, name, folder, orders, properties, OrdersApplication.HEAP_IN_MB);
    }

    private static Service start(
            Bench bench, String name, Path folder, int orders, Map<String, String> properties, int megabytes)
            throws SQLException {
        Map<String, String> all = new HashMap<>(properties);
        // The database has the outbox already, from before the slot.
        all.put("outbox.schema.initialize", "false");
        all.put("benchmark.orders", Integer.toString(orders));
        OutboxDatabase database = bench.databases().newDatabase(name);
        Lane lane = Lane.open(bench, database, "republish", PARTITIONS);
        try {
            OrdersApplication application =
                    OrdersApplication.start(Outbox.FULLSTATE, folder, lane.pipeline(), all, megabytes);
            return new Service(database, lane, application);
        } catch (RuntimeException e) {
            close(lane, database);
            throw e;
        }
    }

    /** Makes room for the next job's rows. The relay does not mind: it reads the WAL. */
    void emptyOutbox() throws SQLException {
        database.execute("truncate outbox");
    }

    @Override
    public void close() throws SQLException {
        application.close();
        close(lane, database);
    }

    private static void close(Lane lane, OutboxDatabase database) throws SQLException {
        lane.close();
        database.close();
    }
}
