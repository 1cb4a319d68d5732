package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.Diagnosis.Level;
import dev.fullstate.outbox.relay.wal.DatabaseDiagnosis;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows what the command check says of a database, with what mends it. */
class DatabaseDiagnosisIT extends RelayIntegrationTest {

    private static Diagnosis find(String subject, WalSettings settings) {
        return DatabaseDiagnosis.of(settings).stream()
                .filter(each -> each.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    private Diagnosis find(String subject) {
        return find(subject, SteppedRelay.wal(database));
    }

    @Nullable
    private String createdRole;

    @AfterEach
    void dropRole() throws SQLException {
        if (createdRole != null) {
            database.execute("drop owned by " + createdRole + "; drop role " + createdRole);
        }
    }

    @Test
    void outboxWithoutTheThirdMigrationIsNamed() throws SQLException {
        assertThat(find("parking").level()).isEqualTo(Level.OK);
        database.execute("alter table outbox_command drop column slot_position");
        assertThat(find("parking").level()).isEqualTo(Level.WARNING);
        assertThat(find("parking").remedy()).contains("V3__accept.sql");
    }

    @Test
    void databaseThatIsSetUpHasNoError() {
        List<Diagnosis> found = DatabaseDiagnosis.of(SteppedRelay.wal(database));
        assertThat(found).extracting(Diagnosis::level).doesNotContain(Level.ERROR);
        assertThat(found)
                .extracting(Diagnosis::subject)
                .contains("republish jobs", "waiting rows", "kept WAL", "server version", "clocks");
        assertThat(find("clocks").level()).isEqualTo(Level.OK);
    }

    @Test
    void missingRightToRepublishWhatIsLostIsNamedWithTheGrant() throws SQLException {
        String role = database.name() + "_least";
        database.createRelayRole(role);
        createdRole = role;
        WalSettings settings = SteppedRelay.as(role, SteppedRelay.wal(database));
        Diagnosis missing = find("republish jobs", settings);
        assertThat(missing.level()).isEqualTo(Level.WARNING);
        database.execute(missing.remedy());
        assertThat(find("republish jobs", settings).level()).isEqualTo(Level.OK);
    }

    @Test
    void rowsThatHaveWaitedForLongAreNamed() throws SQLException {
        assertThat(find("waiting rows").message()).isEqualTo("no row waits to be published");
        database.insert("a", "1");
        assertThat(find("waiting rows").level()).isEqualTo(Level.OK);
        database.execute("update outbox set created_at = now() - interval '2 days'");
        assertThat(find("waiting rows").level()).isEqualTo(Level.WARNING);
        assertThat(find("waiting rows").message()).contains("was written 2 d ago");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 1);
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return find("waiting rows").message().equals("no row waits to be published");
            });
        }
    }

    /** SQL by hand may say of a row that it was written at any time. */
    @ParameterizedTest
    @ValueSource(strings = {"infinity", "-infinity", "20000-01-01 00:00:00+00", "4713-01-01 00:00:00+00 BC"})
    void waitingRowWithAnImpossibleTimeIsNotAnError(String time) throws SQLException {
        database.execute(OutboxInsert.row().with("created_at", "'" + time + "'"));
        assertThat(find("waiting rows").level()).isEqualTo(Level.OK);
    }

    @Test
    void slotThatKeepsNearlyAsMuchAsItMayIsNamedBeforeItIsLost() throws SQLException {
        try (PostgresServer server =
                        PostgresServer.start(0, Map.of("wal_level", "logical", "max_slot_wal_keep_size", "96MB"));
                Connection connection =
                        DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password());
                Statement statement = connection.createStatement()) {
            WalSettings settings = new WalSettings(
                    server.jdbcUrl(),
                    server.username(),
                    server.password(),
                    "outbox",
                    "outbox",
                    SteppedRelay.wal(database).connectTimeout(),
                    SteppedRelay.wal(database).queryTimeout(),
                    SteppedRelay.wal(database).slotCreationTimeout(),
                    SteppedRelay.wal(database).walSenderTimeout());
            assertThat(find("kept WAL", settings).message()).isEqualTo("the slot keeps 96MB of WAL at most");
            statement.execute("select pg_create_logical_replication_slot('outbox', 'pgoutput')");
            assertThat(find("kept WAL", settings).level()).isEqualTo(Level.OK);
            String seen = find("kept WAL", settings).message();
            for (int written = 0; written < 12 && !seen.contains("more than it may"); written++) {
                write(statement);
                String now = find("kept WAL", settings).message();
                assertThat(now)
                        .satisfiesAnyOf(
                                message -> assertThat(message).isEqualTo("the slot keeps 96MB of WAL at most"),
                                message -> assertThat(message).contains(" MB of WAL, and may keep only "),
                                message -> assertThat(message).contains("more than it may"));
                assertThat(now.contains("more than it may") && seen.contains("at most"))
                        .as("warned only when it was too late: %s", now)
                        .isFalse();
                seen = now;
            }
            assertThat(seen).contains("is lost with the next checkpoint");
            statement.execute("checkpoint");
            assertThat(find("kept WAL", settings).message()).contains("the server has given the slot up");
        }
    }

    /** Fills a segment of the WAL. */
    private static void write(Statement statement) throws SQLException {
        statement.execute("select pg_logical_emit_message(false, 'test', repeat('x', 8000000))");
        statement.execute("select pg_switch_wal()");
    }
}
