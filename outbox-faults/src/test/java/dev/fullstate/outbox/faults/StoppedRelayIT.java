package dev.fullstate.outbox.faults;

import java.sql.SQLException;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Asks a relay to end. */
class StoppedRelayIT {

    private static final int ROUNDS = 2;

    @Test
    void relayStoppedUnderLoadConfirmsAllSentEventsSoThatNotEvenAtLeastOnceRepeatsThem() throws SQLException {
        try (Scenario scenario = Scenario.atLeastOnce()) {
            for (int round = 0; round < ROUNDS; round++) {
                RelayProcess relay = scenario.startRelay();
                scenario.underLoad(
                        500,
                        () -> assertThat(relay.stop(Scenario.TIMEOUT))
                                .as("the relay ends by itself")
                                .isTrue());
                scenario.assertNothingConfirmedTooEarly();
            }
            scenario.startRelay();
            scenario.assertExactlyOnce();
        }
    }
}
