package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.faults.load.Mix;

import static org.assertj.core.api.Assertions.assertThat;

/** Everything that can happen, in any order, under load. */
class RandomFaultsIT {

    private static final Logger log = LoggerFactory.getLogger(RandomFaultsIT.class);
    private static final Set<FaultKind> ALL = EnumSet.allOf(FaultKind.class);

    /** Short, so that a run has more faults than waiting. */
    static final Map<String, String> IMPATIENT = Map.of(
            "outbox.relay.query-timeout", "3s",
            "outbox.relay.connect-timeout", "2s",
            "outbox.relay.wal-sender-timeout", "3s",
            "outbox.relay.kafka-timeout", "1s",
            "outbox.relay.exactly-once.transaction-timeout", "5s",
            "outbox.relay.max-in-flight", "256KB");

    @Test
    void whateverHappensConsumersSeeEachEventOnceAndInOrder() throws SQLException {
        run(1, 300);
    }

    @Test
    @Tag("long")
    void whateverHappensForLongConsumersSeeEachEventOnceAndInOrder() throws SQLException {
        long events = run(17, 600);
        assertThat(events).isGreaterThan(100_000);
    }

    private static long run(int countOfEach, int eventsPerFault) throws SQLException {
        FaultPlan plan = FaultPlan.of(FaultPlan.chosenSeed(), ALL, countOfEach);
        log.info("Seed {}", plan.seed());
        try (Scenario scenario = Scenario.of(Mix.WITH_LARGE, IMPATIENT)) {
            RandomRun run = new RandomRun(scenario, eventsPerFault);
            run.run(plan);
            scenario.assertExactlyOnce();
            assertThat(run.counts())
                    .hasSize(ALL.size())
                    .allSatisfy((kind, count) -> assertThat(count).isEqualTo(countOfEach));
            long events = scenario.committed.count();
            log.info("{} events, {} faults: {}", events, plan.faults().size(), run.counts());
            return events;
        }
    }
}
