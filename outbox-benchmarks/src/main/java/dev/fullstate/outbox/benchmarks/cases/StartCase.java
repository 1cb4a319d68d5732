package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.load.Backlog;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;

/**
 * Measures the time from the start of a contender's process until the one event that waits in the slot is in Kafka.
 *
 * @param contenders in the order of the report
 */
public record StartCase(List<Contender> contenders) implements Case {

    /** The name. */
    public static final String NAME = "start";

    private static final Backlog ONE_EVENT = new Backlog(1, 1, 1, 1_000);

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
        Figures figures = new Figures(NAME, Map.of());
        try (OutboxDatabase database = bench.databases().newDatabase(NAME)) {
            ONE_EVENT.fillWal(database);
            Drain drain = new Drain(bench, database, 1, 1);
            Rounds.each(NAME, bench.rounds(), contenders, Contender::name, (contender, turn) -> {
                figures.settings(contender.name(), contender.settings());
                figures.add(
                        contender.name(),
                        "to-first-event",
                        "s",
                        drain.run(contender, turn).firstEventMillis() / 1000.0);
            });
        }
        return figures.toList();
    }
}
