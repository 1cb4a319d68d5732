package dev.fullstate.outbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** A start that cannot create the outbox names the cause and its remedy, and no other. */
class SchemaFailuresIT {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String GRANT_SCHEMA = "GRANT USAGE, CREATE ON SCHEMA public TO app;";
    private static final String GRANT_DATABASE = "GRANT CREATE ON DATABASE ";

    private static PostgresServer postgres;

    private String database = "";

    @BeforeAll
    static void startPostgres() throws SQLException {
        postgres = PostgresServer.start();
        execute("postgres", "create role app login password 'secret'");
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @BeforeEach
    void createDatabase() throws SQLException {
        database = "failures_" + COUNT.incrementAndGet();
        Databases.recreate(postgres, database);
        execute("postgres", "alter role app login connection limit -1");
        execute("postgres", "alter role app reset all");
        execute(database, "grant create on schema public to app; grant create on database " + database + " to app");
    }

    private static void execute(String database, String sql) throws SQLException {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Outbox outbox(String parameters) {
        return new Outbox(
                new DriverManagerDataSource(postgres.jdbcUrl(database) + parameters, "app", "secret"),
                OutboxNames.DEFAULT);
    }

    private static OutboxSchemaException failure(Outbox outbox) {
        return catchThrowableOfType(OutboxSchemaException.class, () -> OutboxSchema.migrate(outbox));
    }

    static Stream<Arguments> databases() {
        return Stream.of(
                arguments("revoke create on schema public from app, public", "", GRANT_SCHEMA),
                arguments("revoke create on database %s from app", "", GRANT_DATABASE),
                arguments("create table outbox (id int)", "", "outbox.schema.table="),
                arguments("create view outbox as select 1", "", "outbox.schema.table="),
                arguments(
                        "create table other (id int primary key); create publication outbox for table other",
                        "",
                        "outbox.schema.publication="),
                arguments("select 1", "?options=-c%20default_transaction_read_only=on", "Connect to the primary"),
                arguments("select 1", "?currentSchema=nowhere", "CREATE SCHEMA"),
                arguments("alter role app set search_path to nowhere", "", "outbox.schema.name"),
                arguments("alter role app nologin", "", "ALTER ROLE ... LOGIN;"),
                arguments("alter role app connection limit 0", "", "max_connections"));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void wrongSetUpOfTheDatabaseIsNamedWithItsOwnRemedy(String setUp, String parameters, String remedy)
            throws SQLException {
        execute(database, setUp.formatted(database));

        OutboxSchemaException failure = failure(outbox(parameters));

        assertThat(failure.action()).contains(remedy);
        Stream.of(
                        GRANT_SCHEMA,
                        GRANT_DATABASE,
                        "outbox.schema.table=",
                        "outbox.schema.publication=",
                        "LOGIN",
                        "primary")
                .filter(other -> !remedy.contains(other))
                .forEach(other -> assertThat(failure.action()).doesNotContain(other));
        assertThat(failure.getMessage()).isNotBlank().doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({"lock_timeout, pg_terminate_backend", "statement_timeout, statement_timeout for the role"})
    void timeOutOfTheRoleIsNamed(String setting, String remedy) throws SQLException {
        execute(database, "alter role app set " + setting + " = '100ms'");
        try (Connection other = postgres.connect(database);
                Statement statement = other.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtextextended('fullstate-outbox \"public\".\"outbox\"', 0))");

            assertThat(failure(outbox("")).action()).contains(remedy).doesNotContain("GRANT");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "update outbox_schema_history set checksum = 1 where version = '1'",
        "update outbox_schema_history set success = false where version = '1'"
    })
    void historyThatDoesNotMatchIsNamed(String damage) throws SQLException {
        OutboxSchema.migrate(outbox(""));
        execute(database, damage);

        assertThat(failure(outbox("")).action())
                .contains("The history is in public.outbox_schema_history")
                .doesNotContain("GRANT");
    }

    @Test
    void unreachableServerIsNamed() {
        Outbox away = new Outbox(
                new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/app", "app", "secret"), OutboxNames.DEFAULT);
        assertThat(failure(away).action()).contains("Start PostgreSQL", "spring.datasource.url");
    }

    @Test
    void wrongPasswordIsNamed() {
        Outbox outbox = new Outbox(
                new DriverManagerDataSource(postgres.jdbcUrl(database), "app", "wrong"), OutboxNames.DEFAULT);
        assertThat(failure(outbox).action())
                .contains("spring.datasource.password")
                .doesNotContain("GRANT", "pg_hba");
    }

    @Test
    void missingDatabaseIsNamed() {
        Outbox outbox = new Outbox(
                new DriverManagerDataSource(postgres.jdbcUrl("nowhere"), "app", "secret"), OutboxNames.DEFAULT);
        assertThat(failure(outbox).action()).contains("CREATE DATABASE").doesNotContain("GRANT");
    }

    @Test
    void schemaThatTheRoleMayNotCreateIsNamed() throws SQLException {
        execute(database, "revoke create on database " + database + " from app");
        Outbox outbox = new Outbox(
                new DriverManagerDataSource(postgres.jdbcUrl(database), "app", "secret"),
                OutboxNames.of("orders", "outbox"));
        assertThat(failure(outbox).action())
                .contains("CREATE SCHEMA orders AUTHORIZATION app;", GRANT_DATABASE + database + " TO app;")
                .doesNotContain(GRANT_SCHEMA);
    }

    /** SQL states that a test cannot bring about quickly. */
    @ParameterizedTest
    @CsvSource({
        "53100, disk space",
        "53200, the resource that the message names",
        "57P03, accepts connections",
        "57P01, accepts connections",
        "42501, has to own it",
        "40P01, Start again",
        "XX000, PostgreSQL's log",
        "58030, PostgreSQL's log",
        "22000, See the message"
    })
    void otherSqlStatesHaveARemedyOfTheirOwn(String sqlState, String remedy) {
        OutboxSchemaException failure =
                OutboxSchemaException.of("It failed", OutboxNames.DEFAULT, new SQLException("so", sqlState));
        assertThat(failure.action()).contains(remedy).doesNotContain("GRANT");
    }
}
