package dev.fullstate.outbox.relay.failure;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class WordingTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 s",
        "PT0.0004S, 0 s",
        "PT0.5S, 500 ms",
        "PT3.1S, 3100 ms",
        "PT30S, 30 s",
        "PT30.25S, 30 s",
        "PT2M, 2 min",
        "PT2M5S, 2 min 5 s",
        "PT1H0M7S, 1 h",
        "PT1H15M, 1 h 15 min",
        "P2DT3H59M, 2 d 3 h"
    })
    void durationIsWrittenAsPeopleWriteIt(Duration duration, String text) {
        assertThat(Wording.of(duration)).isEqualTo(text);
    }

    @Test
    void messageOfAServerEndsBeforeTheRemedyBegins() {
        assertThat(Wording.withRemedy("The connection is closed", "Open it"))
                .isEqualTo("The connection is closed. Remedy: Open it");
        assertThat(Wording.withRemedy("FATAL: no such role.\n", "Create it"))
                .isEqualTo("FATAL: no such role. Remedy: Create it");
    }
}
