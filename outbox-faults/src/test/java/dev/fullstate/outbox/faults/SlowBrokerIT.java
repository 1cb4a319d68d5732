package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.load.Mix;

import static org.assertj.core.api.Assertions.assertThat;

/** Throttles the way to the broker to 1 MB a second. */
class SlowBrokerIT {

    private static final int EVENTS = 1_300;
    private static final int BYTES_PER_SECOND = 1_000_000;
    private static final Duration SERVER_WAITS = Duration.ofSeconds(8);

    @Test
    void slowBrokerSlowsTheReaderOfTheWalDownWithoutATimeout() throws SQLException {
        Map<String, String> tight = Map.of(
                "spring.kafka.producer.compression-type", "none",
                "outbox.relay.max-in-flight", "1MB",
                "outbox.relay.wal-sender-timeout", SERVER_WAITS.toSeconds() + "s",
                "outbox.relay.kafka-timeout", "1s");
        try (Scenario scenario = Scenario.of(Mix.BULKY, tight).with("-Xmx48m")) {
            scenario.startRelay();
            // The first event creates the topic, which may take longer than the relay waits for an answer.
            scenario.workload.commit(10);
            scenario.awaitAllPublished();
            String walSender = scenario.walSender();
            Servers.BROKER.link().throttle(BYTES_PER_SECOND);
            long began = System.nanoTime();
            scenario.workload.commit(EVENTS);

            scenario.awaitAllPublished();

            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("the way takes longer than the server waits for a silent relay")
                    .isGreaterThan(SERVER_WAITS);
            assertThat(scenario.walSender())
                    .as("no timeout, the same stream all the time")
                    .isEqualTo(walSender);
            scenario.assertExactlyOnce();
        }
    }
}
