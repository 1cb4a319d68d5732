package dev.fullstate.outbox.relay.wal;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.relay.failure.Diagnosis.Level;

import static org.assertj.core.api.Assertions.assertThat;

class ClocksTest {

    @ParameterizedTest
    @ValueSource(longs = {0, 9_999, -9_999})
    void differenceOfALittleIsFine(long millis) {
        assertThat(Clocks.compare(Duration.ofMillis(millis)).level()).isEqualTo(Level.OK);
    }

    @Test
    void largerDifferenceIsNamedWithItsDirection() {
        assertThat(Clocks.compare(Duration.ofSeconds(75)).message()).contains("is 1 min 15 s ahead of this machine's");
        assertThat(Clocks.compare(Duration.ofSeconds(-75)).message()).contains("is 1 min 15 s behind this machine's");
        assertThat(Clocks.compare(Duration.ofSeconds(10)).level()).isEqualTo(Level.WARNING);
    }
}
