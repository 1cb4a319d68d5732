package dev.fullstate.outbox.faults;

import java.sql.SQLException;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Terminates the process that streams to the relay, as an administrator does, or a server that runs out of memory. */
class TerminatedWalSenderIT {

    @Test
    void relayWhoseWalSenderIsTerminatedUnderLoadGoesOnByItself() throws SQLException {
        try (Scenario scenario = Scenario.exactlyOnce()) {
            RelayProcess relay = scenario.startRelay();
            for (int round = 0; round < 3; round++) {
                scenario.underLoad(200, scenario.outbox::terminateWalSender);
                scenario.awaitStreaming();
                scenario.assertNothingConfirmedTooEarly();
            }
            assertThat(relay.isAlive()).isTrue();
            scenario.assertExactlyOnce();
        }
    }
}
