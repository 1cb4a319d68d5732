package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Asks a relay to end. */
class StoppedRelayIT {

    private static final int ROUNDS = 2;

    /** Time enough for the relay to confirm, at its end, all events that it has sent. */
    private static final Map<String, String> PATIENT = Map.of(
            Delivery.PROPERTY,
            Delivery.AT_LEAST_ONCE.value(),
            "outbox.relay.shutdown-timeout",
            "50s",
            "outbox.relay.wal-sender-timeout",
            "120s",
            "outbox.relay.query-timeout",
            "60s",
            "outbox.relay.kafka-timeout",
            "30s");

    @Test
    void relayStoppedUnderLoadConfirmsAllSentEventsSoThatNotEvenAtLeastOnceRepeatsThem() throws SQLException {
        try (Scenario scenario = Scenario.of(Mix.ORDINARY, PATIENT)) {
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
