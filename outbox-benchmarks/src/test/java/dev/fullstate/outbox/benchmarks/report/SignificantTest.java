package dev.fullstate.outbox.benchmarks.report;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SignificantTest {

    @ParameterizedTest
    @CsvSource({"136421.7, 136400", "0.123456, 0.1235", "9.9996, 10", "0, 0", "-3.14159, -3.142", "1e12, 1000000000000"
    })
    void fourDigitsAreStored(double value, String stored) {
        assertThat(Significant.round(value).toPlainString()).isEqualTo(stored);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "136421.7; 136,000",
                "1; 1.00",
                "12.34; 12.3",
                "0.01234; 0.0123",
                "99.96; 100",
                "0; 0",
                "1250; 1,250"
            })
    void threeDigitsAreShown(double value, String shown) {
        assertThat(Significant.text(value)).isEqualTo(shown);
    }

    @Test
    void sharesAreShownInPerCent() {
        assertThat(Significant.percent(0.584)).isEqualTo("58 %");
        assertThat(Significant.percent(-0.0312)).isEqualTo("-3.1 %");
    }
}
