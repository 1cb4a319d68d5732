package dev.fullstate.outbox.benchmarks.cases;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.fullstate.outbox.benchmarks.contender.Measured;
import dev.fullstate.outbox.benchmarks.contender.OrdersApplication;
import dev.fullstate.outbox.benchmarks.contender.OrdersApplication.Operation;
import dev.fullstate.outbox.benchmarks.contender.OrdersApplication.Outbox;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;

/**
 * Measures the cost of the outbox for the transaction that writes it, while no relay publishes: the same application without any outbox,
 * with our starter, and with a row that it inserts by hand. A figure's case has operation and threads:
 * {@code capture-update-root-8-threads}.
 *
 * @param folder  of the applications
 * @param window  of each measurement
 * @param outboxes in the order of the report
 */
public record CaptureCase(Path folder, Duration window, List<Outbox> outboxes) implements Case {

    /** The part of the name that all operations share. */
    public static final String NAME = "capture";

    private static final List<Integer> THREADS = List.of(1, 8);
    private static final int COUNTED = 200;

    private record Load(Operation operation, int threads) {

        static List<Load> all() {
            List<Load> loads = new ArrayList<>();
            for (Operation operation : Operation.values()) {
                THREADS.forEach(threads -> loads.add(new Load(operation, threads)));
            }
            return loads;
        }

        String benchmarkCase() {
            return NAME + "-" + operation.word() + "-" + threads + (threads == 1 ? "-thread" : "-threads");
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean needsWarmBroker() {
        return false;
    }

    @Override
    public List<Figure> run(Bench bench) throws SQLException {
        Map<Load, Figures> figures = new LinkedHashMap<>();
        Load.all()
                .forEach(load ->
                        figures.put(load, new Figures(load.benchmarkCase(), Map.of("window", window.toString()))));
        throughput(bench, figures);
        roundTrips(bench, figures);
        return figures.values().stream().flatMap(each -> each.toList().stream()).toList();
    }

    /** All applications run the whole time, and one of them at a time has something to do. */
    private void throughput(Bench bench, Map<Load, Figures> figures) throws SQLException {
        try (Applications applications = new Applications()) {
            for (Outbox outbox : outboxes) {
                applications.start(bench, folder, outbox, false);
            }
            for (Load load : figures.keySet()) {
                Figures values = figures.get(load);
                Rounds.each(load.benchmarkCase(), bench.rounds(), outboxes, Outbox::label, (outbox, turn) -> {
                    OrdersApplication application = applications.of(outbox);
                    values.settings(outbox.label(), application.settings());
                    Measured measured = application.capture(load.operation, load.threads, window);
                    values.add(outbox.label(), "throughput", "transactions/s", measured.get("transactionsPerSecond"));
                    values.add(outbox.label(), "wal", "B/transaction", measured.get("walBytesPerTransaction"));
                });
            }
        }
    }

    /** Apart from the measurement, because counting costs. */
    private void roundTrips(Bench bench, Map<Load, Figures> figures) throws SQLException {
        for (Outbox outbox : outboxes) {
            try (Applications applications = new Applications()) {
                applications.start(bench, folder, outbox, true);
                for (Load load : figures.keySet()) {
                    if (load.threads == 1) {
                        Measured counted = applications.of(outbox).statements(load.operation, COUNTED);
                        Figures values = figures.get(load);
                        values.add(
                                outbox.label(),
                                "statements",
                                "per transaction",
                                counted.get("statementsPerTransaction"));
                        values.add(
                                outbox.label(),
                                "round-trips",
                                "per transaction",
                                counted.get("roundTripsPerTransaction"));
                    }
                }
            }
        }
    }

    /** Running applications, each with a database of its own. */
    private static final class Applications implements AutoCloseable {

        private final Map<Outbox, OrdersApplication> running = new EnumMap<>(Outbox.class);
        private final List<Lane> lanes = new ArrayList<>();
        private final List<OutboxDatabase> databases = new ArrayList<>();

        void start(Bench bench, Path folder, Outbox outbox, boolean counting) throws SQLException {
            OutboxDatabase database = bench.databases().newDatabase(NAME);
            databases.add(database);
            Lane lane = Lane.open(bench, database, "unused", 1);
            lanes.add(lane);
            Map<String, String> properties = new HashMap<>(WholeWayCase.properties(outbox));
            properties.put("benchmark.count-statements", Boolean.toString(counting));
            if (outbox == Outbox.FULLSTATE) {
                properties.put("outbox.relay.enabled", "false");
            }
            running.put(outbox, OrdersApplication.start(outbox, folder, lane.pipeline(), properties));
        }

        OrdersApplication of(Outbox outbox) {
            OrdersApplication application = running.get(outbox);
            if (application == null) {
                throw new IllegalArgumentException("No application with outbox " + outbox + " runs");
            }
            return application;
        }

        @Override
        public void close() throws SQLException {
            running.values().forEach(OrdersApplication::close);
            for (Lane lane : lanes) {
                lane.close();
            }
            for (OutboxDatabase database : databases) {
                database.close();
            }
        }
    }
}
