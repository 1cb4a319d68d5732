package dev.fullstate.outbox.benchmarks.cases;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.fullstate.outbox.benchmarks.contender.Measured;
import dev.fullstate.outbox.benchmarks.contender.OrdersApplication;
import dev.fullstate.outbox.benchmarks.load.ReadyRows;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.report.Metric;
import dev.fullstate.outbox.harness.process.ProcessUsage;

/**
 * Measures the rate at which all orders are republished: from the start of the job to its last row in the outbox, and with a relay to the
 * last record in Kafka. The limits are the two unavoidable steps: reading the orders and writing them as JSON, and
 * inserting rows like the job's.
 *
 * @param folder of the applications
 * @param orders with five items each
 */
public record RepublishCase(Path folder, int orders) implements Case {

    /** The name. */
    public static final String NAME = "republish";

    /** A job has this many rows in a transaction by default. */
    private static final int PER_TRANSACTION = 100;

    private enum Way {
        /** The database alone, with rows that are there already. */
        INSERT_SELECT("insert-select"),
        /** Plain JPA, two queries a page, and nothing is written. */
        EXPORT("export"),
        /** A job with one transaction at a time, like the two above, whose rows are not published. */
        ONE_AT_A_TIME("republish-1"),
        /** The same with as many transactions at a time as by default. */
        REPUBLISH("republish"),
        /** A job in an application with a relay. */
        WITH_RELAY("republish-with-relay");

        private final String label;

        Way(String label) {
            this.label = label;
        }

        String label() {
            return label;
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
        Figures figures = new Figures(
                NAME,
                Map.of(
                        "orders", Integer.toString(orders),
                        "rows-per-transaction", Integer.toString(PER_TRANSACTION),
                        "partitions", Integer.toString(Service.PARTITIONS)));
        try (Service single = Service.oneAtATime(bench, NAME, folder, orders);
                Service silent = Service.unpublished(bench, NAME, folder, orders, OrdersApplication.HEAP_IN_MB);
                Service publishing = Service.publishing(bench, NAME, folder, orders)) {
            warmUp(single, silent, publishing);
            ReadyRows rows = readyRows(single);
            ProcessUsage server = bench.databases().usage();
            figures.settings(Way.EXPORT.label, single.application().settings());
            figures.settings(Way.ONE_AT_A_TIME.label, single.application().settings());
            figures.settings(Way.REPUBLISH.label, silent.application().settings());
            figures.settings(Way.WITH_RELAY.label, publishing.application().settings());
            Rounds.each(NAME, bench.rounds(), List.of(Way.values()), Way::label, (way, turn) -> {
                double before = server.cpuSecondsWithChildren();
                switch (way) {
                    case INSERT_SELECT ->
                        figures.add(way.label, Metric.THROUGHPUT, "aggregates/s", rows.insert(PER_TRANSACTION));
                    case EXPORT ->
                        measure(way, single, () -> single.application().export(PER_TRANSACTION), figures);
                    case ONE_AT_A_TIME -> measure(way, single, single.application()::republish, figures);
                    case REPUBLISH -> measure(way, silent, silent.application()::republish, figures);
                    case WITH_RELAY -> {
                        Measured measured = measure(way, publishing, publishing.application()::republish, figures);
                        figures.add(way.label, "to-kafka", "aggregates/s", measured.get("arrivedPerSecond"));
                    }
                }
                double used = server.cpuSecondsWithChildren() - before;
                figures.add(way.label, "cpu-server", "s/million", used * 1e6 / orders);
                single.emptyOutbox();
                silent.emptyOutbox();
            });
        }
        return figures.toList();
    }

    /** Runs each measurement twice: an application is not warm after the first. */
    private static void warmUp(Service single, Service silent, Service publishing) throws SQLException {
        for (Service service : List.of(single, silent, publishing)) {
            service.application().republish();
            service.application().republish();
            service.emptyOutbox();
        }
        single.application().export(PER_TRANSACTION);
        single.application().export(PER_TRANSACTION);
    }

    private ReadyRows readyRows(Service service) throws SQLException {
        service.application().republish();
        ReadyRows rows = ReadyRows.keep(service.database());
        if (rows.count() != orders) {
            throw new IllegalStateException("A job wrote %d rows for %d orders".formatted(rows.count(), orders));
        }
        service.emptyOutbox();
        return rows;
    }

    private static Measured measure(Way way, Service service, Supplier<Measured> load, Figures figures) {
        double cpuBefore = service.application().usage().cpuSeconds();
        Measured measured = load.get();
        double cpu = service.application().usage().cpuSeconds() - cpuBefore;
        figures.add(way.label, Metric.THROUGHPUT, "aggregates/s", measured.get("ordersPerSecond"));
        figures.add(way.label, "cpu-application", "s/million", cpu * 1e6 / measured.get("orders"));
        return measured;
    }
}
