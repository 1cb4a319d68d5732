package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Kills the broker, which comes back soon, or after minutes. */
class KilledBrokerIT {

    private static final Duration AWAY = Duration.ofSeconds(150);

    @Test
    void consumersMissAndRepeatNothingWhenTheBrokerIsKilledUnderLoad() throws SQLException {
        try (Scenario scenario = Scenario.exactlyOnce()) {
            RelayProcess relay = scenario.startRelay();
            for (int round = 0; round < 2; round++) {
                scenario.underLoad(300, Servers.BROKER::kill);
                Set<String> confirmed = scenario.committed.confirmedIds();
                // The relay adds nothing now. The broker still has to write the markers of a transaction that is
                // committed.
                relay.pause();
                Servers.BROKER.restart();
                scenario.patience()
                        .until(
                                "what is confirmed is published",
                                () -> scenario.published.ids().containsAll(confirmed));
                relay.resume();
                scenario.awaitAllPublished();
            }
            assertThat(relay.isAlive()).isTrue();
            scenario.assertExactlyOnce();
        }
    }

    @Test
    @Tag("long")
    void brokerAwayForMinutesNeitherFillsTheHeapNorStopsTheAnswersToPostgres() throws SQLException {
        try (Scenario scenario = Scenario.of(Mix.BULKY, Map.of("outbox.relay.max-in-flight", "4MB"))
                .with("-Xmx64m")) {
            RelayProcess relay = scenario.startRelay();
            long timeouts = scenario.outbox.walSenderTimeoutCount();
            scenario.workload.commit(1_000);
            scenario.awaitAllPublished();
            Servers.BROKER.kill();
            scenario.workload.commit(20_000);
            long end = System.nanoTime() + AWAY.toNanos();
            scenario.patience(AWAY.multipliedBy(2)).until("the time is over", () -> {
                assertThat(relay.isAlive()).isTrue();
                return System.nanoTime() > end;
            });
            assertThat(scenario.outbox.walSenderTimeoutCount()).isEqualTo(timeouts);
            Servers.BROKER.restart();
            scenario.assertExactlyOnce();
        }
    }
}
