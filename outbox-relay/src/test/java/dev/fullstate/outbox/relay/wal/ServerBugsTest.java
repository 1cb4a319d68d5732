package dev.fullstate.outbox.relay.wal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.relay.failure.Warning;

import static org.assertj.core.api.Assertions.assertThat;

class ServerBugsTest {

    @ParameterizedTest
    @CsvSource({"140012, 14.19", "150007, 15.16", "160003, 16.12", "170000, 17.8", "180001, 18.2", "170007, 17.8"})
    void olderMinorVersionIsToBeUpdatedToTheFirstWithoutAnyOfItsBugs(int versionNumber, String update) {
        assertThat(ServerBugs.of(versionNumber))
                .hasValueSatisfying(
                        bugs -> assertThat(bugs.remedy()).startsWith("Update PostgreSQL to " + update + " or later"));
    }

    @ParameterizedTest
    @ValueSource(ints = {140019, 150016, 160012, 170008, 180002, 180006, 190000})
    void versionWithoutThemIsFine(int versionNumber) {
        assertThat(ServerBugs.of(versionNumber)).isEmpty();
    }

    @Test
    void onlyWhatCanStillHappenIsNamed() {
        assertThat(ServerBugs.of(170005))
                .map(Warning::message)
                .hasValue(
                        "PostgreSQL 17.5 has bugs that are mended in later minor versions: after a crash of the server the stream may"
                                + " wait for ever; a slot that was just created, or brought to a standby, may be lost at once");
    }
}
