package dev.fullstate.sample.orders.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The role that docker/ creates for the consumer, on a real server: it owns its database, and each service sees only its own. */
class ReportingRoleIT {

    private static final Path INIT = Path.of("..", "docker", "postgres", "init");
    private static final Path MIGRATION =
            Path.of("..", "sample-reporting-service", "src", "main", "resources", "db", "migration");

    private static PostgresServer server;

    @BeforeAll
    static void createRoles() throws Exception {
        server = PostgresServer.start();
        run("10-roles.sql");
        run("20-reporting.sql");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void consumerMigratesItsDatabase() {
        assertThat(Flyway.configure()
                        .dataSource(server.jdbcUrl("reporting"), "reporting", "secret")
                        .locations("filesystem:" + MIGRATION)
                        .load()
                        .migrate()
                        .migrationsExecuted)
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource({"reporting, orders", "orders, reporting", "outbox_relay, reporting"})
    void noServiceConnectsToTheDatabaseOfAnother(String role, String database) {
        assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(database), role, "secret")
                        .close())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("permission denied for database");
    }

    /** As psql would, up to the first change of the database: one statement at a time, with the passwords put in. */
    private static void run(String script) throws IOException, SQLException {
        String sql = Files.readString(INIT.resolve(script))
                .replaceAll("(?m)^\\\\getenv .*$|--.*$", "")
                .replaceAll(":'\\w+'", "'secret'")
                .split("\\\\connect", -1)[0];
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            for (String one : sql.split(";", -1)) {
                if (!one.isBlank()) {
                    statement.execute(one);
                }
            }
        }
    }
}
