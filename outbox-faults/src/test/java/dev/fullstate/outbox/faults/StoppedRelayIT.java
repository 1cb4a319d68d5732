package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** B7: a relay that is asked to end. */
class StoppedRelayIT {

    private static final int ROUNDS = 2;
    private static final int EVENTS_PER_ROUND = 2_000;

    @Test
    void relayThatIsStoppedUnderLoadConfirmsWhatItHasSentSoThatNotEvenAtLeastOnceRepeatsIt() throws SQLException {
        try (Scenario scenario = Scenario.atLeastOnce()) {
            for (int round = 0; round < ROUNDS; round++) {
                RelayProcess relay = scenario.startRelay();
                scenario.workload.allow(EVENTS_PER_ROUND);
                scenario.awaitPublished(scenario.published.distinctCount() + EVENTS_PER_ROUND / 4);
                assertThat(relay.stop(Duration.ofSeconds(20)))
                        .as("ends by itself")
                        .isTrue();
                scenario.assertNothingConfirmedTooEarly();
            }
            scenario.startRelay();
            scenario.assertExactlyOnce();
        }
    }
}
