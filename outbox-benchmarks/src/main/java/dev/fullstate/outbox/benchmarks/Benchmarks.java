package dev.fullstate.outbox.benchmarks;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.benchmarks.cases.Bench;
import dev.fullstate.outbox.benchmarks.cases.Case;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.report.Report;
import dev.fullstate.outbox.benchmarks.report.Results;
import dev.fullstate.outbox.benchmarks.report.Run;
import dev.fullstate.outbox.benchmarks.server.Broker;
import dev.fullstate.outbox.benchmarks.server.DatabaseServer;

/** The benchmark: starts the servers, measures case after case, and writes the results. */
public final class Benchmarks {

    private static final Logger log = LoggerFactory.getLogger(Benchmarks.class);

    /** After three, the broker's processor time for a transaction falls no more. */
    private static final int WARM_UP_ROUNDS = 3;

    private final Parameters parameters;
    private final List<Figure> figures = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    private Benchmarks(Parameters parameters) {
        this.parameters = parameters;
    }

    /**
     * Runs the selection of the system properties; see {@link Parameters}.
     *
     * @throws IllegalStateException after the results are written, if they are void
     */
    public static void main(String[] arguments) throws SQLException {
        Results results = run(Parameters.fromSystemProperties());
        String reason = results.run().voidReason();
        if (reason != null) {
            throw new IllegalStateException("This run is void: " + reason);
        }
    }

    static Results run(Parameters parameters) throws SQLException {
        Benchmarks benchmarks = new Benchmarks(parameters);
        Results results = benchmarks.measure();
        if (parameters.full()) {
            new Report(parameters.repository()).publish(results);
        } else {
            results.write(parameters.results());
        }
        return results;
    }

    private Results measure() throws SQLException {
        Instant startedAt = Instant.now();
        String commit = Versions.commit(parameters.repository());
        Contenders contenders = new Contenders(parameters);
        Plan plan = new Plan(parameters, contenders);
        try (DatabaseServer databases = new DatabaseServer();
                Broker broker = Broker.start(parameters.work())) {
            Bench bench = new Bench(databases, broker, parameters.rounds(), parameters.work());
            Map<String, String> versions = Versions.of(databases, contenders);
            if (parameters.inFull() && plan.needsWarmBroker()) {
                plan.warmUp().run(new Bench(databases, broker, WARM_UP_ROUNDS, parameters.work()));
            }
            for (Case next : plan.cases()) {
                run(next, bench);
                if (!figures.isEmpty()) {
                    // A run takes more than an hour: a failure must not lose the figures so far.
                    results(startedAt, commit, versions).write(parameters.work());
                }
            }
            if (figures.isEmpty()) {
                throw new IllegalStateException("Nothing was measured: "
                        + (failures.isEmpty() ? "no case or no contender has the name asked for" : failures));
            }
            return results(startedAt, commit, versions);
        }
    }

    private Results results(Instant startedAt, String commit, Map<String, String> versions) {
        return new Results(new Run(startedAt, Run.thisMachine(), commit, versions, voidReason()), figures);
    }

    /** Runs a case. One that fails makes the run void, but keeps the figures of the others. */
    private void run(Case next, Bench bench) throws SQLException {
        long began = System.nanoTime();
        try {
            figures.addAll(next.run(bench));
            log.info("{} took {}", next.name(), Duration.ofNanos(System.nanoTime() - began));
        } catch (IllegalStateException e) {
            log.error("{} failed", next.name(), e);
            failures.add("case " + next.name() + " failed: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private @Nullable String voidReason() {
        List<String> reasons = new ArrayList<>(failures);
        if (parameters.inFull()) {
            reasons.addAll(new FairnessGuard(figures).objections());
        }
        return reasons.isEmpty() ? null : String.join("; ", reasons);
    }
}
