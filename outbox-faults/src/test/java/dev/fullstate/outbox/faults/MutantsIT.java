package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.oracle.Event;
import dev.fullstate.outbox.faults.oracle.Verdict;
import dev.fullstate.outbox.faults.point.Failure;
import dev.fullstate.outbox.faults.point.Mutant;
import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Relays that are broken on purpose: a harness that finds nothing wrong with them is worth nothing. */
class MutantsIT {

    private static final int MOST_FAULTS = 60;
    private static final Mix PARTS_OF_TRANSACTIONS = new Mix(2, 20, 30, 800, 100);

    /** Its successor finds them in the table, because the position, which was not taken either, does not reach up to the slot. */
    @Test
    void relayThatAcknowledgesTooEarlyConfirmsWhatKafkaHasNot() throws SQLException {
        try (Scenario scenario = Scenario.atLeastOnce().with(Mutant.ACKNOWLEDGES_TOO_EARLY)) {
            RelayProcess relay = scenario.startRelay();
            scenario.workload.commit(100);
            scenario.awaitAllPublished();
            // Not held: what is only held arrives when the relay is long dead.
            Servers.BROKER.link().blackHole();
            scenario.workload.commit(100);
            scenario.patience().until("it confirms what Kafka has not", () -> {
                List<String> ids = published(scenario);
                return scenario.committed.confirmedIds().stream().anyMatch(id -> !ids.contains(id));
            });
            assertThatThrownBy(scenario::assertNothingConfirmedTooEarly).isInstanceOf(AssertionError.class);
            relay.kill();
            Servers.BROKER.link().heal();
            long count = scenario.committed.count();
            scenario.startRelay();
            scenario.workload.commit(1);
            scenario.patience()
                    .until(
                            "the last events are published",
                            () -> published(scenario)
                                    .containsAll(scenario.outbox.strings(
                                            "select id from outbox order by seq offset " + count)));

            assertThat(scenario.verdict().lost()).isEmpty();
        }
    }

    private static List<String> published(Scenario scenario) {
        return scenario.published.events().stream().map(Event::id).toList();
    }

    @Test
    void relayThatIgnoresThePositionRepeatsEvents() throws SQLException {
        haltAndRestart(Mutant.IGNORES_THE_POSITION, "Producer.commitTransaction:after", 0);
    }

    @Test
    void relayThatForgetsThePlaceInATransactionRepeatsEvents() throws SQLException {
        haltAndRestart(Mutant.FORGETS_THE_PLACE_IN_A_TRANSACTION, "Producer.send:after", 600);
    }

    private static void haltAndRestart(Mutant mutant, String point, int skip) throws SQLException {
        try (Scenario scenario = Scenario.of(PARTS_OF_TRANSACTIONS, small()).with(mutant)) {
            RelayProcess relay = scenario.startRelay();
            relay.control().arm(point, Failure.HALT, skip);
            scenario.workload.commit(2_000);
            scenario.patience().until("the relay is dead", () -> !relay.isAlive());
            scenario.startRelay();
            scenario.awaitAllPublished();

            assertThat(scenario.verdict().repeated()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void randomRunFindsEachOfThem(Mutant mutant) throws SQLException {
        Set<FaultKind> kinds = EnumSet.of(
                FaultKind.KILL_RELAY, FaultKind.THROW_AT_POINT, FaultKind.TERMINATE_WAL_SENDER, FaultKind.CUT_POSTGRES);
        FaultPlan plan = FaultPlan.of(FaultPlan.chosenSeed(), kinds, MOST_FAULTS / kinds.size());
        Map<String, String> properties = small();
        if (mutant == Mutant.ACKNOWLEDGES_TOO_EARLY) {
            properties.put("outbox.relay.delivery", "at-least-once");
        }
        try (Scenario scenario = Scenario.of(PARTS_OF_TRANSACTIONS, properties).with(mutant);
                RandomRun run = new RandomRun(scenario, Brokers.start(1), 1, new RandomRun.Load(300, 1))) {
            for (FaultPlan.Fault fault : plan.faults()) {
                if (!isFaithful(run, plan.seed(), fault, mutant, scenario)) {
                    return;
                }
            }
            throw new AssertionError("Nothing found wrong with " + mutant + " by seed " + plan.seed());
        }
    }

    private static boolean isFaithful(RandomRun run, long seed, FaultPlan.Fault fault, Mutant mutant, Scenario scenario)
            throws SQLException {
        try {
            run.run(new FaultPlan(seed, Delivery.EXACTLY_ONCE, 1, 1, List.of(fault)));
            scenario.assertNothingConfirmedTooEarly();
            Verdict verdict = scenario.verdict();
            return mutant == Mutant.ACKNOWLEDGES_TOO_EARLY || verdict.repeated().isEmpty();
        } catch (AssertionError found) {
            assertThat(mutant).as("loses events; %s", found).isEqualTo(Mutant.ACKNOWLEDGES_TOO_EARLY);
            return false;
        }
    }

    private static Map<String, String> small() {
        Map<String, String> properties = new HashMap<>(RandomFaultsIT.IMPATIENT);
        properties.put("outbox.relay.max-in-flight", "64KB");
        return properties;
    }
}
