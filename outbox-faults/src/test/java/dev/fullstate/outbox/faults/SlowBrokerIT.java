package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.load.Mix;

import static org.assertj.core.api.Assertions.assertThat;

/** A way to the broker that takes 1 MB a second. */
class SlowBrokerIT {

    private static final int EVENTS = 500;
    private static final int BYTES_PER_SECOND = 1_000_000;

    @Test
    void slowBrokerSlowsTheReaderOfTheWalDownAndNobodyTimesOut() throws SQLException {
        Map<String, String> tight = Map.of(
                "spring.kafka.producer.compression-type", "none",
                "outbox.relay.max-in-flight", "1MB",
                "outbox.relay.wal-sender-timeout", "3s",
                "outbox.relay.kafka-timeout", "1s");
        try (Scenario scenario = Scenario.of(Mix.BULKY, tight).with("-Xmx48m")) {
            scenario.startRelay();
            String walSender = scenario.walSender();
            Servers.BROKER.link().throttle(BYTES_PER_SECOND);
            scenario.workload.commit(EVENTS);
            assertThat(scenario.published.distinctCount())
                    .as("more is committed than the way takes")
                    .isLessThan(EVENTS);

            scenario.awaitAllPublished();

            assertThat(scenario.walSender())
                    .as("no time-out, one stream all the time")
                    .isEqualTo(walSender);
            scenario.assertExactlyOnce();
        }
    }
}
