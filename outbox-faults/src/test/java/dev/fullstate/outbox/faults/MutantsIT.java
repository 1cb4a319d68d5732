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

import dev.fullstate.outbox.faults.FaultPlan.Fault;
import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.oracle.Event;
import dev.fullstate.outbox.faults.oracle.Verdict;
import dev.fullstate.outbox.faults.point.Failure;
import dev.fullstate.outbox.faults.point.Mutant;
import dev.fullstate.outbox.faults.relay.RelayProcess;
import dev.fullstate.outbox.faults.server.Database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Runs relays that are broken on purpose: a harness that finds no fault in them is worth nothing. */
class MutantsIT {

    private static final int MOST_FAULTS = 60;
    private static final Mix PARTS_OF_TRANSACTIONS = new Mix(2, 20, 30, 800, 100);
    private static final Map<String, String> SMALL = Map.of("outbox.relay.max-in-flight", "64KB");

    @Test
    void relayThatAcknowledgesTooEarlyConfirmsWhatKafkaHasNot() throws SQLException {
        // The relay would not notice if one of the first events failed, however busy the machine is.
        Map<String, String> patient = Map.of(
                Delivery.PROPERTY,
                Delivery.AT_LEAST_ONCE.value(),
                "outbox.relay.wal-sender-timeout",
                "10m",
                "outbox.relay.kafka-timeout",
                "2m");
        try (Scenario scenario = Scenario.of(Mix.ORDINARY, patient)) {
            scenario.startRelay();
            scenario.workload.commit(100);
            scenario.awaitAllPublished();
            // Only now, when the topic's partitions have their leaders: until then a leader may refuse a first record
            // and take the next (KAFKA-15591), and a relay that does not wait for the first acknowledgement has one
            // that is out of order for ever.
            scenario.with(Mutant.ACKNOWLEDGES_TOO_EARLY).startRelay();
            scenario.workload.commit(100);
            scenario.awaitAllPublished();
            // The link does not only hold the records: those would arrive when the relay is long dead.
            Servers.BROKER.link().blackHole();
            scenario.workload.commit(100);
            scenario.patience().until("it confirms what Kafka has not", () -> {
                List<String> ids = published(scenario);
                return scenario.committed.confirmedIds().stream().anyMatch(id -> !ids.contains(id));
            });
            assertThatThrownBy(scenario::assertNothingConfirmedTooEarly).isInstanceOf(AssertionError.class);
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
        try (Scenario scenario = Scenario.of(PARTS_OF_TRANSACTIONS, SMALL).with(mutant)) {
            RelayProcess relay = scenario.startRelay();
            // The first event creates the topic. A relay that failed at that would pass the point without an event.
            scenario.workload.commit(10);
            // From here on, only events make the relay commit.
            scenario.awaitAllConfirmed();
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
    void randomRunFindsEachMutant(Mutant mutant) throws SQLException {
        Set<FaultKind> kinds = kinds(mutant);
        Delivery delivery = mutant == Mutant.ACKNOWLEDGES_TOO_EARLY ? Delivery.AT_LEAST_ONCE : Delivery.EXACTLY_ONCE;
        FaultPlan plan = FaultPlan.of(FaultPlan.chosenSeed(), kinds, MOST_FAULTS / kinds.size());
        Map<String, String> properties = smallAndImpatient();
        properties.put(Delivery.PROPERTY, delivery.value());
        Brokers brokers = Brokers.start(1);
        try (Scenario scenario = Scenario.on(Database.archiving(), PARTS_OF_TRANSACTIONS, plan.seed(), properties)
                        .with(mutant);
                RandomRun run = new RandomRun(scenario, brokers, 1, new RandomRun.Load(300, 1))) {
            for (Fault fault : plan.faults()) {
                // A relay finds in the table what it has confirmed too early: the judge has to look before that.
                Fault judged = mutant == Mutant.ACKNOWLEDGES_TOO_EARLY ? fault.notWaitedFor() : fault.waitedFor();
                FaultPlan one = new FaultPlan(plan.seed(), delivery, 1, 1, List.of(judged));
                if (!isFaithful(run, one, mutant, scenario)) {
                    return;
                }
                if (!judged.healed()) {
                    run.heal();
                }
            }
            throw new AssertionError("No fault found in " + mutant + " by seed " + plan.seed());
        }
    }

    private static Set<FaultKind> kinds(Mutant mutant) {
        return switch (mutant) {
            // Where Kafka answers at once, hardly anything is on its way when the relay dies.
            case ACKNOWLEDGES_TOO_EARLY -> EnumSet.of(FaultKind.KILL_RELAY, FaultKind.CUT_KAFKA, FaultKind.BLACK_HOLE);
            case IGNORES_THE_POSITION, FORGETS_THE_PLACE_IN_A_TRANSACTION ->
                EnumSet.of(
                        FaultKind.KILL_RELAY,
                        FaultKind.THROW_AT_POINT,
                        FaultKind.TERMINATE_WAL_SENDER,
                        FaultKind.CUT_POSTGRES);
            case TAKES_ANY_HISTORY, RAISES_NO_SEQUENCE ->
                EnumSet.of(
                        FaultKind.PROMOTE_LAGGING_STANDBY,
                        FaultKind.RESTORE_BACKUP,
                        FaultKind.RESTORE_BACKUP_AND_ARCHIVE,
                        FaultKind.RESTORE_STORAGE);
            case TAKES_ANY_PUBLICATION ->
                EnumSet.of(
                        FaultKind.RECREATE_PUBLICATION,
                        FaultKind.TAKE_TABLE_OUT_OF_PUBLICATION,
                        FaultKind.SWITCH_INSERTS_OFF);
        };
    }

    private static boolean isFaithful(RandomRun run, FaultPlan plan, Mutant mutant, Scenario scenario)
            throws SQLException {
        try {
            run.run(plan);
        } catch (AssertionError lost) {
            assertThat(mutant)
                    .as("loses events; %s", lost)
                    .isIn(Mutant.ACKNOWLEDGES_TOO_EARLY, Mutant.TAKES_ANY_HISTORY, Mutant.TAKES_ANY_PUBLICATION);
            return false;
        }
        return switch (mutant) {
            case ACKNOWLEDGES_TOO_EARLY -> isConfirmedWhenPublished(scenario);
            case IGNORES_THE_POSITION, FORGETS_THE_PLACE_IN_A_TRANSACTION ->
                scenario.verdict().repeated().isEmpty();
            case TAKES_ANY_HISTORY, RAISES_NO_SEQUENCE, TAKES_ANY_PUBLICATION -> {
                Verdict verdict = scenario.verdict();
                yield verdict.ignored().isEmpty() && verdict.reordered().isEmpty();
            }
        };
    }

    private static boolean isConfirmedWhenPublished(Scenario scenario) throws SQLException {
        try {
            scenario.assertNothingConfirmedTooEarly();
            return true;
        } catch (AssertionError tooEarly) {
            return false;
        }
    }

    private static Map<String, String> smallAndImpatient() {
        Map<String, String> properties = new HashMap<>(RandomFaultsIT.IMPATIENT);
        properties.putAll(SMALL);
        return properties;
    }
}
