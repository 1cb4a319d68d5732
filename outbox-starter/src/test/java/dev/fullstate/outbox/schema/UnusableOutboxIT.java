package dev.fullstate.outbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** An outbox that is not there, not of this version, or closed to the role fails the start, and not the first write. */
@ExtendWith(OutputCaptureExtension.class)
class UnusableOutboxIT {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private static PostgresServer postgres;

    private String database = "";
    private Outbox application;

    @BeforeAll
    static void startPostgres() throws SQLException {
        postgres = PostgresServer.start();
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create role app login password 'secret'");
        }
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @BeforeEach
    void migrate() throws SQLException {
        database = "unusable_" + COUNT.incrementAndGet();
        DataSource owner = new DriverManagerDataSource(
                Databases.recreate(postgres, database), postgres.username(), postgres.password());
        OutboxNames names = OutboxNames.of("orders", "outbox");
        OutboxSchema.migrate(new Outbox(owner, names));
        execute("grant usage on schema orders to app; set search_path to orders; grant insert on outbox to app;"
                + " grant usage on outbox_seq to app; grant select, insert, update, delete on outbox_job,"
                + " outbox_job_slice, outbox_job_item, outbox_job_action to app;"
                + " grant select on outbox_job_end to app");
        application = new Outbox(new DriverManagerDataSource(postgres.jdbcUrl(database), "app", "secret"), names);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private OutboxSchemaException failure() {
        return catchThrowableOfType(OutboxSchemaException.class, () -> OutboxSchema.verify(application));
    }

    @Test
    void roleWithTheDocumentedRightsStarts(CapturedOutput output) {
        assertThatCode(() -> OutboxSchema.verify(application)).doesNotThrowAnyException();
        // Pools of other applications in this JVM may have lost their server.
        assertThat(output.getOut()).doesNotContainPattern("WARN .*fullstate");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drop table orders.outbox_03 | lacks leaves | CREATE TABLE orders.outbox_03 PARTITION OF orders.outbox",
                "alter table orders.outbox detach partition orders.outbox_11 | lacks leaves | ATTACH PARTITION orders.outbox_11",
                "revoke insert on orders.outbox from app | may not write | GRANT INSERT ON orders.outbox TO app;",
                "revoke usage on orders.outbox_seq from app | may not write | GRANT USAGE ON SEQUENCE orders.outbox_seq TO app;",
                "revoke usage on schema orders from app | may not write | GRANT USAGE ON SCHEMA orders TO app;",
                "alter table orders.outbox enable row level security | Row-level security | ALTER TABLE orders.outbox DISABLE",
                "alter table orders.outbox_05 enable row level security | Row-level security | orders.outbox_05 DISABLE",
                "alter table orders.outbox_job enable row level security | Row-level security | _job DISABLE",
            })
    void statementInTheFailureMendsTheDamage(String damage, String message, String remedy) throws SQLException {
        execute(damage);

        OutboxSchemaException failure = failure();

        assertThat(failure).hasMessageContaining(message);
        assertThat(failure.action()).contains(remedy);
        execute(failure.action().lines().filter(line -> line.startsWith("    ")).reduce("", String::concat));
        assertThatCode(() -> OutboxSchema.verify(application)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drop schema orders cascade | There is no table orders.outbox | outbox.schema.initialize=true",
                "drop table orders.outbox cascade | There is no table orders.outbox | run V1__outbox.sql",
                "drop table orders.outbox cascade; create table orders.outbox (id int) | is not an outbox | outbox.schema.table=",
                "alter table orders.outbox rename to o; create view orders.outbox as select * from orders.o | is not an outbox | outbox.schema.name=",
                "alter table orders.outbox drop column extensions | lacks the columns [extensions] | another version",
                "alter table orders.outbox add column tenant text not null | requires values in unknown columns, [tenant] | later one",
                "drop table orders.outbox_relay | there is no outbox_relay | delete its row",
                "drop table orders.outbox_job_end | there is no outbox_job_end | delete its row",
                "drop view orders.outbox_relay_job | there is no outbox_relay_job | delete its row",
            })
    void missingOrForeignOutboxIsNamed(String damage, String message, String remedy) throws SQLException {
        execute(damage);

        OutboxSchemaException failure = failure();

        assertThat(failure).hasMessageContaining(message);
        assertThat(failure.action()).contains(remedy).doesNotContain("GRANT");
    }

    /** The relay cannot create it, and Flyway would not run a version twice. */
    @Test
    void droppedPublicationIsCreatedAgainAtTheNextStart() throws SQLException {
        execute("drop publication orders_outbox");
        DataSource owner =
                new DriverManagerDataSource(postgres.jdbcUrl(database), postgres.username(), postgres.password());

        OutboxSchema.migrate(new Outbox(owner, OutboxNames.of("orders", "outbox")));

        execute("alter publication orders_outbox drop table orders.outbox");
        execute("alter publication orders_outbox add table orders.outbox");
    }

    @ParameterizedTest
    @MethodSource("rightsOfJobs")
    void missingRightOfJobsIsLoggedAndDoesNotFailTheStart(String privilege, String table, CapturedOutput output)
            throws SQLException {
        int before = output.getAll().length();
        execute("revoke " + privilege + " on orders." + table + " from app");

        OutboxSchema.verify(application);

        assertThat(output.getAll().substring(before))
                .containsPattern("GRANT [A-Z, ]*" + privilege + "[A-Z, ]* ON orders." + table + " TO app;");
    }

    /** As in the manual. */
    static Stream<Arguments> rightsOfJobs() {
        Stream<Arguments> ofJobs = Stream.of("outbox_job", "outbox_job_slice", "outbox_job_item", "outbox_job_action")
                .flatMap(table -> Stream.of("SELECT", "INSERT", "UPDATE", "DELETE")
                        .map(privilege -> arguments(privilege, table)));
        return Stream.concat(ofJobs, Stream.of(arguments("SELECT", "outbox_job_end")));
    }
}
