package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

import dev.fullstate.outbox.benchmarks.arrival.ArrivalTimes;
import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.load.PacedWriter;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;
import dev.fullstate.outbox.harness.process.ProcessUsage;

/**
 * Measures the latency of an event, from the start of its transaction of one row to the broker's append and to a consumer, at a steady
 * rate that leaves the machine mostly idle, and the contender's processor time. A figure's case has the
 * rate: {@code latency-500}.
 *
 * @param rates      transactions per second, one after the other in each turn
 * @param warmUp     time at the first rate before the first measurement
 * @param duration   of each measurement
 * @param contenders in the order of the report
 */
public record LatencyCase(List<Integer> rates, Duration warmUp, Duration duration, List<Contender> contenders)
        implements Case {

    /** The part of the name that all rates share. */
    public static final String NAME = "latency";

    private static final int PARTITIONS = 6;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Map<String, Double> SHARES = shares();

    private static Map<String, Double> shares() {
        Map<String, Double> shares = new LinkedHashMap<>();
        shares.put("p50", 0.5);
        shares.put("p95", 0.95);
        shares.put("p99", 0.99);
        shares.put("p99.9", 0.999);
        return shares;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Figure> run(Bench bench) throws SQLException {
        Map<Integer, Figures> figures = new LinkedHashMap<>();
        rates.forEach(rate -> figures.put(rate, figures(rate)));
        Rounds.each(NAME, bench.rounds(), contenders, Contender::name, (contender, turn) -> {
            figures.values().forEach(each -> each.settings(contender.name(), contender.settings()));
            try (OutboxDatabase database = bench.databases().newDatabase(NAME)) {
                measure(bench, database, contender, turn, figures);
            }
        });
        return figures.values().stream().flatMap(each -> each.toList().stream()).toList();
    }

    private Figures figures(int rate) {
        return new Figures(
                NAME + "-" + rate,
                Map.of(
                        "transactions-per-second", Integer.toString(rate),
                        "warm-up", warmUp.toString(),
                        "duration", duration.toString(),
                        "partitions", Integer.toString(PARTITIONS)));
    }

    private void measure(
            Bench bench, OutboxDatabase database, Contender contender, String name, Map<Integer, Figures> figures)
            throws SQLException {
        int capacity = 1
                + (int) (warmUp.toSeconds() * rates.get(0))
                + rates.stream()
                        .mapToInt(rate -> (int) (rate * duration.toSeconds()))
                        .sum();
        try (Turn turn = Turn.begin(bench, database, contender, name, PARTITIONS);
                ArrivalTimes arrivals =
                        new ArrivalTimes(bench.broker().bootstrapServers(), turn.partitions(), capacity);
                PacedWriter writer = new PacedWriter(database, capacity)) {
            Watch watch = new Watch(database, bench.broker(), turn);
            writer.write(1, Duration.ofSeconds(1));
            watch.until(() -> arrivals.count() == 1, PATIENCE, "published its first event");
            writer.write(rates.get(0), warmUp);
            for (Map.Entry<Integer, Figures> entry : figures.entrySet()) {
                ProcessUsage usage = turn.jvm().usage();
                double before = usage.cpuSeconds();
                int first = writer.write(entry.getKey(), duration);
                double cores = (usage.cpuSeconds() - before) / duration.toSeconds();
                int end = writer.written();
                watch.until(() -> arrivals.count() == end, PATIENCE, "published all events");
                String who = contender.name();
                add(entry.getValue(), who, "append", first, end, event -> appendMillis(writer, arrivals, event));
                add(entry.getValue(), who, "consumer", first, end, event -> consumerMillis(writer, arrivals, event));
                entry.getValue().add(who, "cores", "cores", cores);
            }
        }
    }

    /** Computes a latency with both ends in whole milliseconds, as the broker counts: the errors of rounding cancel each other out. */
    static double appendMillis(PacedWriter writer, ArrivalTimes arrivals, int event) {
        return arrivals.appendedMillis(event) - writer.startedMicros(event) / 1000;
    }

    private static double consumerMillis(PacedWriter writer, ArrivalTimes arrivals, int event) {
        return (arrivals.consumedMicros(event) - writer.startedMicros(event)) / 1000.0;
    }

    private static void add(Figures figures, String who, String to, int first, int end, IntToDoubleFunction latency) {
        Percentiles percentiles =
                new Percentiles(IntStream.range(first, end).mapToDouble(latency).toArray());
        SHARES.forEach((share, value) -> figures.add(who, "to-" + to + "-" + share, "ms", percentiles.at(value)));
    }
}
