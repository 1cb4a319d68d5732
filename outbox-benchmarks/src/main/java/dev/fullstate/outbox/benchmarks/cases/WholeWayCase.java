package dev.fullstate.outbox.benchmarks.cases;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.contender.Measured;
import dev.fullstate.outbox.benchmarks.contender.OrdersApplication;
import dev.fullstate.outbox.benchmarks.contender.OrdersApplication.Outbox;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;
import dev.fullstate.outbox.harness.process.ChildJvm;
import dev.fullstate.outbox.harness.process.ProcessUsage;

/**
 * Measures an application that changes orders, from its transaction to Kafka: how many changes per second the whole of it keeps up with,
 * and how long an event takes at a rate that every contender sustains easily.
 *
 * @param folder       of the applications
 * @param warmUp       of the load before the first measurement: until their code is optimised, most of the processor time of these JVMs
 *     goes to their compilers and interpreters
 * @param saturation   of the measurement with as many changes as the whole way sustains
 * @param steady       of the measurement at a fixed rate
 * @param steadyRate   changes per second
 * @param contenders   in the order of the report
 */
public record WholeWayCase(
        Path folder, Duration warmUp, Duration saturation, Duration steady, int steadyRate, List<Entry> contenders)
        implements Case {

    /** The name. */
    public static final String NAME = "whole-way";

    private static final int PARTITIONS = 6;
    private static final int THREADS = 8;
    private static final int MAX_OUTSTANDING = 2_000;

    /**
     * A way to Kafka.
     *
     * @param name   in the report
     * @param outbox what the application does
     * @param properties further ones of the application
     * @param beside the program that publishes, where the application does not do it itself
     */
    public record Entry(
            String name,
            Outbox outbox,
            Map<String, String> properties,
            @Nullable Contender beside) {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Figure> run(Bench bench) throws SQLException {
        Figures figures = new Figures(
                NAME,
                Map.of(
                        "threads", Integer.toString(THREADS),
                        "max-outstanding", Integer.toString(MAX_OUTSTANDING),
                        "warm-up", warmUp.toString(),
                        "saturation", saturation.toString(),
                        "steady", steady.toString(),
                        "steady-changes-per-second", Integer.toString(steadyRate),
                        "partitions", Integer.toString(PARTITIONS)));
        Rounds.each(NAME, bench.rounds(), contenders, Entry::name, (entry, turn) -> {
            try (OutboxDatabase database = bench.databases().newDatabase(NAME);
                    Lane lane = Lane.open(bench, database, turn, PARTITIONS)) {
                if (entry.beside() == null) {
                    measure(bench, entry, lane, null, figures);
                } else {
                    try (ChildJvm beside = entry.beside().start(lane.pipeline())) {
                        measure(bench, entry, lane, beside, figures);
                    }
                }
            }
        });
        return figures.toList();
    }

    private void measure(Bench bench, Entry entry, Lane lane, @Nullable ChildJvm beside, Figures figures) {
        Map<String, String> properties = new HashMap<>(properties(entry.outbox()));
        properties.putAll(entry.properties());
        ProcessUsage server = bench.databases().usage();
        try (OrdersApplication application =
                OrdersApplication.start(entry.outbox(), folder, lane.pipeline(), properties)) {
            figures.settings(entry.name(), settings(entry, application));
            String who = entry.name();
            requireAll(who, application.saturate(warmUp, THREADS, MAX_OUTSTANDING));
            Measured most = application.saturate(saturation, THREADS, MAX_OUTSTANDING);
            requireAll(who, most);
            figures.add(who, "throughput", "changes/s", most.get("committedPerSecond"));
            double cpuBefore = cpuSeconds(application, beside);
            double serverBefore = server.cpuSecondsWithChildren();
            Measured even = application.rate(steadyRate, steady);
            requireAll(who, even);
            // The command warms up for half of its time.
            double seconds = steady.toMillis() * 1.5 / 1000;
            double cores = (cpuSeconds(application, beside) - cpuBefore) / seconds;
            figures.add(who, "cores-at-steady-rate", "cores", cores);
            double serverCores = (server.cpuSecondsWithChildren() - serverBefore) / seconds;
            figures.add(who, "server-cores-at-steady-rate", "cores", serverCores);
            if (entry.outbox() != Outbox.NONE) {
                figures.add(who, "arrived", "events/s", most.get("arrivedPerSecond"));
                figures.add(who, "to-append-p99-saturated", "ms", most.get("latencyP99Millis"));
                figures.add(who, "to-append-p50-steady", "ms", even.get("latencyP50Millis"));
                figures.add(who, "to-append-p99-steady", "ms", even.get("latencyP99Millis"));
                figures.add(who, "overtaken", "events", most.get("overtaken") + even.get("overtaken"));
            }
        }
    }

    /** The database has the outbox already, from before the slot. */
    static Map<String, String> properties(Outbox outbox) {
        return outbox == Outbox.FULLSTATE ? Map.of("outbox.schema.initialize", "false") : Map.of();
    }

    private static Map<String, String> settings(Entry entry, OrdersApplication application) {
        Map<String, String> settings = new HashMap<>();
        application.settings().forEach((name, value) -> settings.put("application." + name, value));
        if (entry.beside() != null) {
            settings.putAll(entry.beside().settings());
        }
        return settings;
    }

    private static double cpuSeconds(OrdersApplication application, @Nullable ChildJvm beside) {
        return application.usage().cpuSeconds()
                + (beside == null ? 0 : beside.usage().cpuSeconds());
    }

    private static void requireAll(String who, Measured measured) {
        double missing = measured.get("missing");
        if (missing > 0) {
            throw new IllegalStateException(who + " did not publish " + missing + " changes within half a minute");
        }
    }
}
