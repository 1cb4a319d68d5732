package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.report.Figure;

/**
 * Measures the cost of many pipelines on one server: services with a database, a slot and a relay each, which share a steady rate of
 * transactions. Every slot's walsender reads the WAL of all of them.
 *
 * @param counts    of pipelines
 * @param perSecond transactions of all pipelines together
 * @param warmUp    time at this rate before the measurement
 * @param duration  of the measurement
 * @param contender whose pipelines they are
 */
public record PipelinesCase(
        List<Integer> counts, int perSecond, Duration warmUp, Duration duration, Contender contender) implements Case {

    /** The name. */
    public static final String NAME = "growth-pipelines";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Figure> run(Bench bench) throws SQLException {
        Figures figures = new Figures(
                NAME,
                Map.of(
                        "transactions-per-second", Integer.toString(perSecond),
                        "warm-up", warmUp.toString(),
                        "duration", duration.toString(),
                        "partitions", Integer.toString(SteadyPipelines.PARTITIONS)));
        SteadyPipelines.Rate rate = new SteadyPipelines.Rate(perSecond, warmUp, duration);
        Rounds.each(NAME, bench.rounds(), counts, String::valueOf, (count, turn) -> {
            try (SteadyPipelines pipelines = SteadyPipelines.apart(bench, contender, turn, count, rate)) {
                String who = contender.name() + " x " + count;
                figures.settings(who, contender.settings());
                pipelines.measure(who, figures);
            }
        });
        return figures.toList();
    }
}
