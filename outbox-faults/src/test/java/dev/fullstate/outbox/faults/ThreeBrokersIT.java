package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntSupplier;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.relay.RelayProcess;
import dev.fullstate.outbox.faults.server.BrokerCluster;

import static org.assertj.core.api.Assertions.assertThat;

/** Kills under load, of three brokers, the one on which most depends. */
@Tag("long")
class ThreeBrokersIT {

    @Test
    void consumersSeeEachEventOnceWhileCoordinatorAndLeadersMoveUnderLoad() throws SQLException {
        try (BrokerCluster brokers = BrokerCluster.start();
                Scenario scenario = Scenario.of(Mix.ORDINARY, Map.of(Scenario.BROKERS, brokers.bootstrapServers()))) {
            RelayProcess relay = scenario.startRelay();
            scenario.workload.commit(100);
            scenario.awaitAllPublished();
            String transactionalId = "outbox-relay-"
                    + Objects.requireNonNull(scenario.outbox.query("select system_identifier from pg_control_system()"))
                    + "-" + scenario.outbox.name();
            for (IntSupplier victim : List.<IntSupplier>of(
                    () -> brokers.coordinatorOf(transactionalId),
                    () -> brokers.leaderOf(scenario.outbox.name() + ".positions"),
                    () -> brokers.leaderOf(scenario.outbox.topic()),
                    () -> brokers.coordinatorOf(transactionalId))) {
                int broker = victim.getAsInt();
                scenario.underLoad(300, () -> brokers.kill(broker));
                scenario.awaitAllPublished();
                scenario.assertNothingConfirmedTooEarly();
                brokers.restart(broker);
            }
            assertThat(relay.isAlive()).isTrue();
            scenario.assertExactlyOnce();
        }
    }
}
