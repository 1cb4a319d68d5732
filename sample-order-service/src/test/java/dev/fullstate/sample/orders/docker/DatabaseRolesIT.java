package dev.fullstate.sample.orders.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.schema.OutboxSchema;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The roles that docker/ creates, on a real server: the service can migrate, the relay can relay, and that is all. */
class DatabaseRolesIT {

    private static final Path DOCKER = Path.of("..", "docker");

    private static PostgresServer server;

    @BeforeAll
    static void createRolesThenMigrateThenGrant() throws Exception {
        server = PostgresServer.start();
        String[] script = Files.readString(DOCKER.resolve("postgres/init/10-roles.sql"))
                .replaceAll("(?m)^\\\\getenv .*$", "")
                .replaceAll(":'\\w+'", "'secret'")
                .split("\\\\connect orders", -1);
        execute(server.connect("postgres"), script[0]);
        execute(server.connect("orders"), script[1]);

        DriverManagerDataSource orders = new DriverManagerDataSource(server.jdbcUrl("orders"), "orders", "secret");
        Flyway.configure().dataSource(orders).load().migrate();
        OutboxSchema.migrate(new Outbox(orders, OutboxNames.DEFAULT));

        execute(connectAs("orders"), grantOfTheComposeFile());
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from outbox",
                "select * from outbox_relay",
                "select * from outbox_relay_job",
                "insert into outbox_job_end select * from outbox_job_end",
                "select pg_create_logical_replication_slot('relay', 'pgoutput', true)",
                "create temporary table outbox_relay_found (id uuid)",
                "select setval('outbox_seq', nextval('outbox_seq'))",
            })
    void relayReadsTheOutboxAndTheWal(String sql) {
        assertThatCode(() -> execute(connectAs("outbox_relay"), sql)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from orders",
                "select * from outbox_job",
                "select * from outbox_job_item",
                "update outbox_job set state = 'CANCELLED'",
                "delete from outbox_job_end",
                "truncate outbox",
                "delete from outbox_relay",
                "insert into outbox select * from outbox",
                "create table mine (id int)",
                "drop publication outbox",
            })
    void relayMayDoNothingElse(String sql) {
        assertForbidden("outbox_relay", sql);
    }

    @Test
    void serviceMayNotReadTheWal() {
        assertForbidden("orders", "select pg_create_logical_replication_slot('mine', 'pgoutput', true)");
    }

    private static void assertForbidden(String role, String sql) {
        assertThatThrownBy(() -> execute(connectAs(role), sql))
                .isInstanceOf(SQLException.class)
                .extracting(failure -> ((SQLException) failure).getSQLState())
                .isEqualTo("42501");
    }

    private static String grantOfTheComposeFile() throws IOException {
        return Pattern.compile("--command=([^\"]+)\"")
                .matcher(Files.readString(DOCKER.resolve("compose.yaml")))
                .results()
                .map((MatchResult command) -> command.group(1))
                .findFirst()
                .orElseThrow();
    }

    private static Connection connectAs(String role) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl("orders"), role, "secret");
    }

    /** One statement at a time, because a database is not created in a transaction. */
    private static void execute(Connection connection, String script) throws SQLException {
        try (connection;
                Statement statement = connection.createStatement()) {
            for (String sql : script.replaceAll("(?m)--.*$", "").split(";", -1)) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        }
    }
}
