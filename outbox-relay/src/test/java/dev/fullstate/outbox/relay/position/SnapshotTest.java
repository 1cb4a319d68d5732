package dev.fullstate.outbox.relay.position;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SnapshotTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10:10:       | 10:10:       | true",
                "10:12:       | 10:10:       | true",
                "10:10:       | 10:12:       | false",
                // 11 had not ended in either.
                "11:12:11     | 11:12:11     | true",
                "10:13:11     | 10:12:11     | true",
                // 11 had ended in the other one alone.
                "11:13:11     | 10:12:       | false",
                "11:13:11     | 10:12:10     | false",
                // 12 had not begun in the other one.
                "12:13:12     | 10:12:       | true",
                "10:13:       | 10:12:10,11  | true"
            })
    void showsAnotherIfAllHaveEndedThatHadEndedThere(String now, String other, boolean expected) {
        assertThat(Snapshot.parse(now.strip()).shows(Snapshot.parse(other.strip())))
                .isEqualTo(expected);
    }

    @Test
    void textOfAnotherKindIsRefused() {
        assertThatThrownBy(() -> Snapshot.parse("10:12"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10:12");
    }
}
