package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.RelayException;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.parking.Command;
import dev.fullstate.outbox.relay.wal.OperatorTables;
import dev.fullstate.outbox.relay.wal.WalSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Takes each documented right of the relay's role away: the health has the statement that gives it back, and it works. */
class DatabaseRightsIT extends RelayIntegrationTest {

    private static final Path MANUAL = Path.of("../docs/operations.md");
    private static final Pattern GRANT = Pattern.compile("`GRANT ([A-Z, ]+) ON ([^`]+) TO outbox_relay;`");

    /** Needed only to make a republish job, which LostEventsIT shows. */
    private static final String JOBS = "outbox_job,";

    private String role;

    /** A privilege on an object, as a statement names them. */
    record Right(String privilege, String object) {

        @Override
        public String toString() {
            return privilege + " on " + object;
        }
    }

    @BeforeEach
    void createRole() throws Exception {
        role = database.name() + "_relay";
        database.execute("revoke all on schema public from public");
        database.execute("revoke temporary on database " + database.name() + " from public");
        database.execute("create role " + role + " login replication password 'secret'");
        for (Right right : documented()) {
            grant(right);
        }
        database.execute("grant temporary on database " + database.name() + " to " + role);
    }

    @AfterEach
    void dropRole() throws SQLException {
        database.terminateSessions();
        database.execute("drop owned by " + role);
    }

    @Test
    void documentedRightsAreEnough() throws SQLException {
        database.insert("a", "1");
        try (SteppedRelay relay = relay()) {
            relay.stepUntil(topic, 1);
            assertThat(relay.status().warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("neededToStream")
    void withoutItTheRelayDoesNotStart(Right right) throws SQLException {
        revoke(right);
        try (SteppedRelay relay = relay()) {
            relay.step();
            Problem problem = relay.problem();
            assertThat(problem.kind()).isEqualTo(FailureKind.PERMANENT);
            assertThat(problem.message()).contains("Role " + role + " lacks rights");
            assertThat(problem.remedy()).contains("GRANT ", right.privilege(), right.object(), "TO " + role);

            database.execute(problem.remedy());
            relay.stepUntil(RelayState.STREAMING);
            assertThat(relay.status().warnings()).isEmpty();
        }
    }

    static List<Right> neededToStream() throws IOException {
        return documented().stream().filter(right -> !isToPark(right)).toList();
    }

    @ParameterizedTest
    @MethodSource("neededToPark")
    void withoutItTheRelayStreamsAndWarns(Right right) throws SQLException {
        revoke(right);
        try (SteppedRelay relay = relay()) {
            relay.stepUntil(RelayState.STREAMING);
            Warning warning = relay.status().warnings().get(0);
            assertThat(warning.message()).contains("No aggregate can be parked, because role " + role);
            assertThat(warning.remedy()).contains("GRANT ", right.privilege(), right.object(), "TO " + role);
            database.execute(warning.remedy());
        }
        try (SteppedRelay relay = relay()) {
            relay.stepUntil(RelayState.STREAMING);
            assertThat(relay.status().warnings()).isEmpty();
        }
    }

    static List<Right> neededToPark() throws IOException {
        return documented().stream()
                .filter(right -> isToPark(right) && !isToAsk(right))
                .toList();
    }

    @Test
    void withoutItTheEndpointTakesNoCommand() throws IOException, SQLException {
        Right right = documented().stream()
                .filter(DatabaseRightsIT::isToAsk)
                .findFirst()
                .orElseThrow();
        revoke(right);
        OperatorTables tables = OperatorTables.of(SteppedRelay.as(role, SteppedRelay.wal(database)));
        RelayException refused = catchThrowableOfType(
                RelayException.class, () -> tables.ask(Command.Kind.PAUSE, null, null, null, "test"));
        assertThat(refused.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(refused).hasMessageContaining("outbox_command");
        grant(right);
        assertThat(tables.ask(Command.Kind.PAUSE, null, null, null, "test").outcome())
                .isNull();
    }

    @Test
    void withoutTemporaryTablesRowsThatKafkaMayLackAreNotPublished() throws SQLException {
        database.insert("a", "1");
        database.execute("revoke temporary on database " + database.name() + " from " + role);
        try (SteppedRelay relay = relay()) {
            relay.stepUntil(() ->
                    relay.state() == RelayState.RETRYING && relay.problem().kind() == FailureKind.PERMANENT);
            assertThat(relay.problem().remedy()).startsWith("GRANT TEMPORARY ON DATABASE ");
            database.execute(relay.problem().remedy().replace("...", database.name()));
            relay.stepUntil(topic, 1);
        }
    }

    @Test
    void withoutTheFunctionThatIdentifiesTheServerTheRelayDoesNotStart() throws SQLException {
        database.execute("revoke execute on function pg_control_system() from public");
        WalSource source = WalSource.of(SteppedRelay.as(role, SteppedRelay.wal(database)));
        RelayException refused = catchThrowableOfType(RelayException.class, source::preflight);
        assertThat(refused.remedy()).isEqualTo("GRANT EXECUTE ON FUNCTION pg_control_system() TO " + role + ";");
        database.execute(refused.remedy());
        source.preflight();
    }

    @Test
    void withoutTheRightToConnectTheDatabaseIsNamed() throws SQLException {
        database.execute("revoke connect on database " + database.name() + " from public");
        try (SteppedRelay relay = relay()) {
            relay.step();
            assertThat(relay.problem().kind()).isEqualTo(FailureKind.PERMANENT);
            assertThat(relay.problem().message()).contains("permission denied for database", database.name());
            assertThat(relay.problem().remedy()).contains("GRANT CONNECT ON DATABASE ... TO " + role + ";");
            database.execute(relay.problem().remedy().replace("...", database.name()));
            relay.stepUntil(RelayState.STREAMING);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LOGIN", "REPLICATION"})
    void withoutTheAttributeTheRoleDoesNotConnect(String attribute) throws SQLException {
        database.execute("alter role " + role + " no" + attribute);
        try (SteppedRelay relay = relay()) {
            relay.step();
            assertThat(relay.problem().kind()).isEqualTo(FailureKind.PERMANENT);
            assertThat(relay.problem().remedy()).startsWith("ALTER ROLE " + role + " " + attribute + ";");
            database.execute(relay.problem().remedy().replaceFirst(";.*", ""));
            relay.stepUntil(RelayState.STREAMING);
        }
    }

    private SteppedRelay relay() {
        return SteppedRelay.parking(database, wal -> SteppedRelay.as(role, wal));
    }

    private void grant(Right right) throws SQLException {
        database.execute("grant " + right.privilege() + " on " + right.object() + " to " + role);
    }

    private void revoke(Right right) throws SQLException {
        database.execute("revoke " + right.privilege() + " on " + right.object() + " from " + role);
    }

    private static boolean isToPark(Right right) {
        return right.object().equals("outbox_parked") || right.object().equals("outbox_command");
    }

    /** Only an endpoint, or a command of the executable jar, writes commands. */
    private static boolean isToAsk(Right right) {
        return right.equals(new Right("INSERT", "outbox_command"));
    }

    /** The statements for the relay's role, a privilege each. */
    private static List<Right> documented() throws IOException {
        return GRANT.matcher(Files.readString(MANUAL))
                .results()
                .filter(grant -> !grant.group(2).startsWith(JOBS))
                .flatMap(grant -> Arrays.stream(grant.group(1).split(", "))
                        .map(privilege -> new Right(privilege, grant.group(2))))
                .toList();
    }
}
