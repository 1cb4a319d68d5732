package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.Diagnosis.Level;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.PostgresFailure;
import dev.fullstate.outbox.relay.wal.DatabaseDiagnosis;
import dev.fullstate.outbox.relay.wal.DatabaseSetupException;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.relay.wal.WalSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Shows that a relay whose URL leads to a pooler names the pooler, instead of trying the same for ever in silence. */
class PoolerInBetweenIT extends RelayIntegrationTest {

    private WalSettings through(Pooler pooler, WalSettings wal) {
        return ChangedSettings.of(wal)
                .port(database.server().port(), pooler.port())
                .settings();
    }

    @Test
    void poolerThatRefusesReplicationIsNamed() throws IOException {
        try (Pooler pooler = Pooler.refusing(database.server().port())) {
            assertNamed(pooler, "unsupported startup parameter: replication");
        }
    }

    @Test
    void poolerThatIgnoresReplicationIsNamed() throws IOException {
        try (Pooler pooler = Pooler.ignoring(database.server().port())) {
            assertNamed(pooler, "IDENTIFY_SYSTEM");
        }
    }

    private void assertNamed(Pooler pooler, String cause) {
        String remedy = PostgresFailure.POOLER_IN_BETWEEN.remedy();
        assertThat(remedy).startsWith("Set outbox.relay.url ");
        WalSettings settings = through(pooler, SteppedRelay.wal(database));
        DatabaseSetupException setup = catchThrowableOfType(
                DatabaseSetupException.class, () -> WalSource.of(settings).preflight());
        assertThat(setup)
                .hasMessageContaining("is not the address of PostgreSQL itself")
                .hasMessageContaining(cause);
        assertThat(setup.remedy()).isEqualTo(remedy);
        assertThat(DatabaseDiagnosis.of(settings))
                .filteredOn(
                        each -> each.level() == Level.ERROR && each.subject().equals("replication"))
                .singleElement()
                .extracting(Diagnosis::remedy)
                .isEqualTo(remedy);
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of(), wal -> through(pooler, wal))) {
            relay.stepUntil(RelayState.RETRYING);
            Problem problem = relay.problem();
            assertThat(problem.kind()).isEqualTo(FailureKind.PERMANENT);
            assertThat(problem.message()).contains(cause);
            assertThat(problem.remedy()).isEqualTo(remedy);
        }
    }
}
