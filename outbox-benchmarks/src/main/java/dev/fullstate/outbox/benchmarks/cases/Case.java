package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.util.List;

import dev.fullstate.outbox.benchmarks.report.Figure;

/** Something that is measured for several contenders, in turns. */
public interface Case {

    /** {@return the name in parameters and report} */
    String name();

    /** {@return whether it measures the broker, or something that waits for it, so that the broker has to be warm} */
    default boolean needsWarmBroker() {
        return true;
    }

    /**
     * Measures every contender in every round, each round in another order.
     *
     * @throws IllegalStateException if a contender did not do its job: there are no figures of half a job
     */
    List<Figure> run(Bench bench) throws SQLException;
}
