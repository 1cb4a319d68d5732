package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Stops a relay under load for 90 seconds, while another one goes on, and wakes it up. */
@Tag("long")
class ZombieRelayIT {

    private static final Logger log = LoggerFactory.getLogger(ZombieRelayIT.class);
    private static final Duration PAUSE = Duration.ofSeconds(90);

    @Test
    void stoppedRelayWakesUpFencedOffWithoutALateEvent() throws SQLException {
        try (Scenario scenario = Scenario.exactlyOnce();
                Relays relays = Relays.start(scenario, 2, Map.of())) {
            wakeUpLate(scenario, relays);
            scenario.assertExactlyOnce();
        }
    }

    @Test
    void stoppedRelayRepeatsAtMostWhatItHadReceivedWithDeliveryAtLeastOnce() throws SQLException {
        Map<String, String> atLeastOnce = Map.of("outbox.relay.delivery", "at-least-once");
        try (Scenario scenario = Scenario.atLeastOnce();
                Relays relays = Relays.start(scenario, 2, atLeastOnce)) {
            wakeUpLate(scenario, relays);
            scenario.assertAtLeastOnce();
            log.info("Repeated: {} of {} events", scenario.verdict().repeated().size(), scenario.committed.count());
        }
    }

    private static void wakeUpLate(Scenario scenario, Relays relays) throws SQLException {
        RelayProcess zombie = relays.leadingProcess();
        scenario.underLoad(2_000, zombie::pause);
        long began = System.nanoTime();
        while (System.nanoTime() - began < PAUSE.toNanos()) {
            scenario.workload.commit(50);
            scenario.awaitAllPublished();
        }
        zombie.resume();
        scenario.patience().until("it stands by", () -> zombie.state().equals("STANDBY"));
        scenario.workload.commit(50);
        scenario.awaitAllPublished();
        assertThat(zombie.isAlive()).isTrue();
    }
}
