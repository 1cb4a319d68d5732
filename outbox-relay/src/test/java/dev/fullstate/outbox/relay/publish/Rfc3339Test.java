package dev.fullstate.outbox.relay.publish;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class Rfc3339Test {

    @ParameterizedTest
    @CsvSource({
        "2026-11-21 02:28:56.123456+00, 2026-11-21T02:28:56.123456Z",
        "2026-11-21 02:28:56.1+00, 2026-11-21T02:28:56.1Z",
        "2026-11-21 02:28:56+00, 2026-11-21T02:28:56Z",
        "0001-01-01 00:00:00+00, 0001-01-01T00:00:00Z",
        // These zones are not the connection's own.
        "2026-11-21 02:28:56+02, 2026-11-21T00:28:56Z",
        "2026-11-21 02:28:56.5+05:30, 2026-11-20T20:58:56.500Z",
        "2026-11-21 02:28:56-03, 2026-11-21T05:28:56Z",
        "1890-01-01 00:00:00+00:53:28, 1889-12-31T23:06:32Z"
    })
    void timesAsPostgresPrintsThemAreConverted(String postgres, String expected) {
        String rfc3339 = convert(postgres);
        assertThat(rfc3339).isEqualTo(expected);
        assertThat(OffsetDateTime.parse(rfc3339)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"infinity", "-infinity", "0044-03-15 00:00:00+00 BC", "12345-01-01 00:00:00+00", "", "now"})
    void timesThatRfc3339CannotExpressAreRefused(String postgres) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> convert(postgres))
                .withMessageContaining("'" + postgres + "'");
    }

    private static String convert(String postgres) {
        return new String(Rfc3339.of(postgres.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }
}
