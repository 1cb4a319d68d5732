package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.wal.DatabaseSetupException;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Shows that an application does not start on a database that is not set up for the relay, and reports the statement to paste. */
@ExtendWith(OutputCaptureExtension.class)
class RelaySetupIT {

    @Test
    void walLevelReplicaFailsTheStartWithTheStatement(CapturedOutput output) {
        try (PostgresServer server = PostgresServer.start(0, Map.of("wal_level", "replica"))) {
            fails(server.jdbcUrl(), server.username(), server.password());
        }
        assertThat(output)
                .contains("PostgreSQL runs with wal_level=replica; the relay needs wal_level=logical")
                .contains("ALTER SYSTEM SET wal_level = 'logical';");
    }

    @Test
    void roleWithoutReplicationFailsTheStartWithTheStatement(CapturedOutput output) throws SQLException {
        try (OutboxDatabase database = OutboxDatabase.migrated()) {
            database.execute("create role no_replication login password 'secret'");
            fails(database.url(), "no_replication", "secret");
        }
        assertThat(output).contains("ALTER ROLE no_replication REPLICATION;").doesNotContain("secret");
    }

    @Test
    void roleWithoutLoginFailsTheStartWithTheStatement(CapturedOutput output) throws SQLException {
        try (OutboxDatabase database = OutboxDatabase.migrated()) {
            database.execute("create role no_login replication nologin password 'secret'");
            fails(database.url(), "no_login", "secret");
        }
        assertThat(output).contains("ALTER ROLE no_login LOGIN;");
    }

    @Test
    void roleThatMayNotReadTheTableFailsTheStartWithTheGrants(CapturedOutput output) throws SQLException {
        try (OutboxDatabase database = OutboxDatabase.migrated()) {
            database.execute("create role no_grant login replication password 'secret'");
            fails(database.url(), "no_grant", "secret");
        }
        assertThat(output)
                .contains("GRANT SELECT ON outbox TO no_grant;")
                .contains("GRANT SELECT, INSERT, UPDATE ON outbox_relay TO no_grant;")
                .contains("GRANT SELECT ON outbox_relay_job TO no_grant;")
                .contains("GRANT SELECT, INSERT ON outbox_job_end TO no_grant;")
                .contains("GRANT SELECT, UPDATE ON SEQUENCE outbox_seq TO no_grant;");
    }

    @Test
    void roleWithNothingButReplicationAndItsGrantsIsEnough() throws SQLException {
        try (OutboxDatabase database = OutboxDatabase.migrated()) {
            database.createRelayRole("least");
            database.insert("a", "1");
            try (SteppedRelay relay = SteppedRelay.of(database, Map.of(), RelaySetupIT::asLeast)) {
                relay.stepUntil(RelayState.STREAMING);
            }
        }
    }

    private static WalSettings asLeast(WalSettings wal) {
        return SteppedRelay.as("least", wal);
    }

    private static void fails(String url, String username, String password) {
        assertThatThrownBy(() -> new SpringApplication(RelayApplication.class)
                        .run(
                                "--spring.main.web-application-type=none",
                                "--spring.datasource.url=" + url,
                                "--spring.datasource.username=" + username,
                                "--spring.datasource.password=" + password,
                                "--spring.kafka.bootstrap-servers="
                                        + SharedServers.kafka().bootstrapServers()))
                .hasCauseInstanceOf(DatabaseSetupException.class);
    }
}
