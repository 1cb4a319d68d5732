package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.fullstate.outbox.benchmarks.contender.RelayProcess;
import dev.fullstate.outbox.benchmarks.report.Figure;

/**
 * Compares pipelines that share one JVM with as many JVMs of one pipeline each, at a low steady rate: memory, processor time and latency.
 *
 * @param count     of pipelines
 * @param perSecond transactions of all pipelines together
 * @param warmUp    time at this rate before the measurement
 * @param duration  of the measurement
 * @param relay     whose pipelines they are
 */
public record OneProcessCase(int count, int perSecond, Duration warmUp, Duration duration, RelayProcess relay)
        implements Case {

    /** The name. */
    public static final String NAME = "one-process";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Figure> run(Bench bench) throws SQLException {
        Figures figures = new Figures(
                NAME,
                Map.of(
                        "pipelines", Integer.toString(count),
                        "transactions-per-second", Integer.toString(perSecond),
                        "warm-up", warmUp.toString(),
                        "duration", duration.toString(),
                        "partitions", Integer.toString(SteadyPipelines.PARTITIONS)));
        SteadyPipelines.Rate rate = new SteadyPipelines.Rate(perSecond, warmUp, duration);
        Rounds.each(NAME, bench.rounds(), List.of(1, count), jvms -> jvms + " JVMs", (jvms, turn) -> {
            try (SteadyPipelines pipelines = jvms == 1
                    ? SteadyPipelines.together(bench, relay, turn, count, rate)
                    : SteadyPipelines.apart(bench, relay, turn, count, rate)) {
                String who = relay.name() + ", JVMs: " + jvms;
                figures.settings(who, relay.settings());
                pipelines.measure(who, figures);
            }
        });
        return figures.toList();
    }
}
