package dev.fullstate.outbox.relay;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class RelaySettingsTest {

    private final RelaySettings settings = new RelaySettings(
            "outbox",
            DataSize.ofMegabytes(1),
            Duration.ofMillis(1),
            Duration.ofMillis(500),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(1),
            PoisonPolicy.all(Poison.STOP),
            AfterLoss.REPORT);

    @ParameterizedTest
    @CsvSource({"1, PT0.5S", "2, PT1S", "6, PT16S", "7, PT30S", "1000, PT30S", "2147483647, PT30S"})
    void delayDoublesWithEachFailureUpToItsMaximum(int failureCount, Duration delay) {
        assertThat(settings.retryDelay(failureCount)).isEqualTo(delay);
    }
}
