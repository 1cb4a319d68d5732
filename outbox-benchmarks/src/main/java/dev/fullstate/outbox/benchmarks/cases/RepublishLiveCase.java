package dev.fullstate.outbox.benchmarks.cases;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.fullstate.outbox.benchmarks.contender.Measured;
import dev.fullstate.outbox.benchmarks.contender.OrdersApplication;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.report.Metric;

/**
 * Measures the effect of a job on live changes: the time of their transactions, from when they were due, and the time of their events from
 * the commit to Kafka. One application does all of it, the relay included.
 *
 * @param folder    of the applications
 * @param orders    with five items each; any of them may be changed and published again at the same time
 * @param perSecond live changes
 * @param limit     orders per second of the job that has a limit
 * @param duration  of each measurement; there is a warm-up of half as much before
 */
public record RepublishLiveCase(Path folder, int orders, int perSecond, int limit, Duration duration) implements Case {

    /** The name. */
    public static final String NAME = "republish-live";

    private record Metrics(String metric, String unit, String measured) {}

    private static final List<Metrics> METRICS = List.of(
            new Metrics("transaction-p50", "ms", "transactionP50Millis"),
            new Metrics("transaction-p99", "ms", "transactionP99Millis"),
            new Metrics(Metric.APPEND_P99, "ms", "latencyP99Millis"),
            new Metrics(Metric.CONSUMER_P50, "ms", "consumerP50Millis"),
            new Metrics(Metric.CONSUMER_P99, "ms", "consumerP99Millis"),
            new Metrics("started-late", "changes", "startedLate"));

    /** A measurement. */
    private interface Load {
        Measured run(OrdersApplication application);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Figure> run(Bench bench) throws SQLException {
        Map<String, Load> loads = new LinkedHashMap<>();
        loads.put("alone", application -> application.rate(perSecond, duration));
        loads.put("beside-limited", application -> application.rateBesideRepublish(perSecond, duration, limit));
        loads.put("beside-unlimited", application -> application.rateBesideRepublish(perSecond, duration, 0));
        Figures figures = new Figures(
                NAME,
                Map.of(
                        "orders", Integer.toString(orders),
                        "changes-per-second", Integer.toString(perSecond),
                        "limit-per-second", Integer.toString(limit),
                        "duration", duration.toString(),
                        "partitions", Integer.toString(Service.PARTITIONS)));
        try (Service service = Service.publishing(bench, NAME, folder, orders)) {
            OrdersApplication application = service.application();
            requireAll(application.rate(perSecond, duration));
            application.republish();
            Rounds.each(NAME, bench.rounds(), List.copyOf(loads.entrySet()), Map.Entry::getKey, (load, turn) -> {
                figures.settings(load.getKey(), application.settings());
                Measured measured = load.getValue().run(application);
                requireAll(measured);
                METRICS.forEach(
                        each -> figures.add(load.getKey(), each.metric, each.unit, measured.get(each.measured)));
                measured.find("republishedPerSecond")
                        .ifPresent(value -> figures.add(load.getKey(), "republished", "aggregates/s", value));
                service.emptyOutbox();
            });
        }
        return figures.toList();
    }

    private static void requireAll(Measured measured) {
        double missing = measured.get("missing");
        if (missing > 0) {
            throw new IllegalStateException(missing + " changes were not published within half a minute");
        }
    }
}
