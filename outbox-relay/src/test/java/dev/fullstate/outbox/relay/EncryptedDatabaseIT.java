package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.wal.ConnectionDetails;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;

/** Connects the relay, also for replication, to a server that has TLS, in the ways that PostgreSQL's driver has for it. */
class EncryptedDatabaseIT {

    @TempDir
    static Path folder;

    private static SecuredPostgres postgres;

    private OutboxDatabase database;
    private String role;
    private PublishedEvents topic;

    @BeforeAll
    static void startPostgres() throws IOException, SQLException {
        postgres = SecuredPostgres.start(folder);
        postgres.admit(
                "hostssl all +by_certificate 127.0.0.1/32 cert",
                "hostnossl all +by_tls 127.0.0.1/32 reject",
                "hostssl all +by_tls 127.0.0.1/32 scram-sha-256");
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @BeforeEach
    void createDatabase() throws SQLException {
        database = OutboxDatabase.migrated(postgres.server());
        role = database.name() + "_relay";
        database.execute(
                "do $$ begin create role by_tls; create role by_certificate; exception when duplicate_object then end $$");
        database.createRelayRole(role);
        database.execute("grant by_tls to " + role);
        topic = PublishedEvents.of(SharedServers.kafka().bootstrapServers(), SteppedRelay.topic(database, "order"));
    }

    @AfterEach
    void dropSlot() throws SQLException {
        topic.close();
        database.close();
    }

    @Test
    void serverIsVerifiedAndTheRoleHasAPassword() throws Exception {
        streams("?sslmode=verify-full&sslrootcert=" + postgres.certificates().authority());
    }

    @Test
    void parametersOfTheDriverMayComeFromThePool() throws Exception {
        streams(new ConnectionDetails(
                database.url(),
                role,
                "secret",
                Map.of(
                        "sslmode",
                        "verify-full",
                        "sslrootcert",
                        postgres.certificates().authority().toString())));
    }

    @Test
    void factoryOfTheDriversMayHoldTheCertificate() throws Exception {
        streams("?sslmode=verify-full&sslfactory=org.postgresql.ssl.SingleCertValidatingFactory&sslfactoryarg=file:"
                + postgres.certificates().authority());
    }

    @Test
    void clientsCertificateIsThePassword() throws Exception {
        database.execute("grant by_certificate to " + role);
        postgres.certificates().sign(role, "");
        streams(new ConnectionDetails(
                database.url() + "?sslmode=verify-full&sslrootcert="
                        + postgres.certificates().authority() + "&sslcert="
                        + postgres.certificates().certificate(role) + "&sslkey="
                        + postgres.certificates().binaryKey(role),
                role,
                null,
                Map.of()));
    }

    @Test
    void serverOfAnotherNameIsNotTrusted() throws Exception {
        tlsFails(
                "localhost",
                "?sslmode=verify-full&sslrootcert=" + postgres.certificates().authority(),
                "localhost");
    }

    @Test
    void serverOfAnotherAuthorityIsNotTrusted(@TempDir Path other) throws Exception {
        tlsFails(
                "127.0.0.1",
                "?sslmode=verify-full&sslrootcert=" + Certificates.in(other).authority(),
                "PKIX");
    }

    @Test
    void missingFileIsNamed() {
        tlsFails("127.0.0.1", "?sslmode=verify-full&sslrootcert=/nowhere.crt", "/nowhere.crt");
    }

    private void tlsFails(String host, String parameters, String message) {
        Problem problem = fails(new ConnectionDetails(
                database.url().replace("127.0.0.1", host) + parameters, role, "secret", Map.of()));
        assertThat(problem.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(problem.message()).startsWith("TLS with PostgreSQL at jdbc:").contains(message);
        assertThat(problem.remedy()).contains("sslmode", "sslrootcert", "sslcert", "sslkey");
    }

    @Test
    void roleThatIsNotAdmittedWithoutTlsOrCertificateIsTold() throws Exception {
        assertThat(fails("?sslmode=disable").message()).contains("no encryption", role);
        database.execute("grant by_certificate to " + role);
        Problem problem = fails("?sslmode=require");
        assertThat(problem.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(problem.message()).contains("certificate");
        assertThat(problem.remedy()).contains("sslmode", "sslcert and sslkey");
    }

    @Test
    void missingPasswordIsNotAServerThatIsAway() {
        Problem problem = fails(new ConnectionDetails(database.url() + "?sslmode=require", role, null, Map.of()));
        assertThat(problem.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(problem.message())
                .startsWith("PostgreSQL refuses the connection")
                .contains("password");
        assertThat(problem.remedy()).contains("outbox.relay.password");
    }

    @Test
    void serverWithoutTlsIsNotAServerThatIsAway() throws Exception {
        try (OutboxDatabase plain = OutboxDatabase.migrated()) {
            Problem problem =
                    fails(new ConnectionDetails(plain.url() + "?sslmode=require", "postgres", "postgres", Map.of()));
            assertThat(problem.kind()).isEqualTo(FailureKind.PERMANENT);
            assertThat(problem.message())
                    .startsWith("PostgreSQL refuses the connection")
                    .contains("SSL");
            assertThat(problem.remedy()).contains("sslmode");
        }
    }

    private Problem fails(String parameters) {
        return fails(new ConnectionDetails(database.url() + parameters, role, "secret", Map.of()));
    }

    private Problem fails(ConnectionDetails details) {
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of(), wal -> as(details, wal))) {
            relay.stepUntil(RelayState.RETRYING);
            return relay.problem();
        }
    }

    private void streams(String parameters) throws SQLException {
        streams(new ConnectionDetails(database.url() + parameters, role, "secret", Map.of()));
    }

    private void streams(ConnectionDetails details) throws SQLException {
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of(), wal -> as(details, wal))) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
            assertThat(database.query("select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid)"
                            + " where usename = '" + role + "'"))
                    .isEqualTo("t");
        }
    }

    private static WalSettings as(ConnectionDetails details, WalSettings wal) {
        return ChangedSettings.of(wal).database(details).settings();
    }
}
