package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.load.Backlog;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;
import dev.fullstate.outbox.harness.process.ProcessUsage;

/**
 * Measures the resources of an idle contender, a while after its first event.
 *
 * @param settle     time between the first event and the measurement
 * @param duration   of the measurement
 * @param contenders in the order of the report
 */
public record IdleCase(Duration settle, Duration duration, List<Contender> contenders) implements Case {

    /** The name. */
    public static final String NAME = "idle";

    private static final Backlog ONE_EVENT = new Backlog(1, 1, 1, 1_000);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
        Figures figures = new Figures(NAME, Map.of("settle", settle.toString(), "duration", duration.toString()));
        try (OutboxDatabase database = bench.databases().newDatabase(NAME)) {
            ONE_EVENT.fill(database);
            Rounds.each(NAME, bench.rounds(), contenders, Contender::name, (contender, name) -> {
                figures.settings(contender.name(), contender.settings());
                try (Turn turn = Turn.begin(bench, database, contender, name, 1)) {
                    measure(bench, database, turn, contender.name(), figures);
                }
            });
        }
        return figures.toList();
    }

    private void measure(Bench bench, OutboxDatabase database, Turn turn, String contender, Figures figures)
            throws SQLException {
        Watch watch = new Watch(database, bench.broker(), turn);
        watch.until(() -> bench.broker().appended(turn.partitions()) > 0, PATIENCE, "published its first event");
        pass(settle);
        ProcessUsage process = turn.jvm().usage();
        ProcessUsage server = bench.databases().usage();
        double processBefore = process.cpuSeconds();
        double serverBefore = server.cpuSecondsWithChildren();
        pass(duration);
        turn.jvm().requireAlive();
        double percentPerSecond = 100.0 / duration.toSeconds();
        figures.add(
                contender, "cpu-contender", "% of a core", (process.cpuSeconds() - processBefore) * percentPerSecond);
        figures.add(
                contender,
                "cpu-server",
                "% of a core",
                (server.cpuSecondsWithChildren() - serverBefore) * percentPerSecond);
        figures.add(contender, "rss", "MB", process.residentBytes() / 1e6);
    }

    private static void pass(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a contender was idle", e);
        }
    }
}
