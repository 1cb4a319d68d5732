package dev.fullstate.outbox.relay.position;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LsnTest {

    @ParameterizedTest
    @CsvSource({"0/0, 0", "0/1, 1", "16/B374D848, 97500059720", "FFFFFFFF/FFFFFFFF, -1"})
    void lsnIsReadAndPrintedInPostgresNotation(String text, long value) {
        assertThat(Lsn.parse(text)).isEqualTo(new Lsn(value));
        assertThat(new Lsn(value)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "16", "16/", "/B3", "16/B374D8480", "G/0", "1/-1", "+1/1/1"})
    void textThatIsNotAnLsnIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Lsn.parse(text))
                .withMessageContaining("Not an LSN: '" + text + "'");
    }

    @Test
    void lsnsAreOrderedAsUnsignedNumbers() {
        Lsn last = Lsn.parse("FFFFFFFF/0");
        Lsn first = Lsn.parse("7FFFFFFF/0");
        assertThat(last).isGreaterThan(first);
        assertThat(last.isAfter(first)).isTrue();
        assertThat(first.isAfter(first)).isFalse();
    }

    @Test
    void distanceBetweenLsnsIsCountedInBytes() {
        assertThat(Lsn.parse("1/10").bytesSince(Lsn.parse("0/FFFFFFF0"))).isEqualTo(32);
    }
}
