package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.Random;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.relay.RelayProcess;

/** Kills a relay at no particular moment, and commits while no relay runs. */
class KilledRelayIT {

    private static final int MOST_EVENTS = 1_500;

    @Test
    void successorOfARelayKilledUnderLoadLosesAndRepeatsNothing() throws SQLException {
        kill(2, Scenario.exactlyOnce(), Scenario::assertExactlyOnce);
    }

    @Test
    @Tag("long")
    void successorOfARelayKilledUnderLoadOnlyRepeatsWithDeliveryAtLeastOnce() throws SQLException {
        kill(2, Scenario.atLeastOnce(), Scenario::assertAtLeastOnce);
    }

    private static void kill(int rounds, Scenario setUp, Judgement judgement) throws SQLException {
        Random moments = new Random(1);
        try (Scenario scenario = setUp) {
            for (int round = 0; round < rounds; round++) {
                try (RelayProcess relay = scenario.startRelay()) {
                    scenario.underLoad(moments.nextInt(MOST_EVENTS), relay::kill);
                }
                scenario.assertNothingConfirmedTooEarly();
            }
            scenario.workload.commit(100);
            scenario.startRelay();
            judgement.of(scenario);
        }
    }

    private interface Judgement {

        void of(Scenario scenario) throws SQLException;
    }
}
