package dev.fullstate.outbox.schema;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/** A migration that needs a table of a running service for itself takes it for moments only: writers go on, and a long transaction ends it. */
class UpgradeOfABusyTableIT {

    private static final String DATABASE = "busy";
    private static final String CHECKS = "select string_agg(conname, ' ' order by conname) from pg_constraint"
            + " where conrelid = 'outbox'::regclass and contype = 'c'";
    private static final String KEPT =
            "outbox_aggregateid_not_empty outbox_operation_known outbox_payload_ceiling outbox_seq_not_negative";

    private PostgresServer postgres;
    private Outbox outbox;

    @BeforeEach
    void createTheTableOfTheThirdMigration() throws SQLException {
        postgres = SharedServers.postgres();
        outbox = new Outbox(
                new DriverManagerDataSource(
                        Databases.recreate(postgres, DATABASE), postgres.username(), postgres.password()),
                OutboxNames.of("public", "outbox"));
        OutboxSchema.migrate(outbox);
        assertThat(query(CHECKS)).isEqualTo(KEPT);
        try (Connection connection = postgres.connect(DATABASE)) {
            execute(connection, "alter table outbox add constraint outbox_type_not_empty check (type <> '')");
            execute(connection, "delete from outbox_schema_history where version = '4'");
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String query(String sql) throws SQLException {
        try (Connection connection = postgres.connect(DATABASE);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Opens a connection with a transaction that has written to the outbox and stays open. */
    private Connection writing() throws SQLException {
        Connection connection = postgres.connect(DATABASE);
        connection.setAutoCommit(false);
        execute(connection, OutboxInsert.row().sql());
        return connection;
    }

    private void awaitBlockedMigration() {
        await().until(() -> "1"
                .equals(query("select count(*) from pg_stat_activity where datname = '" + DATABASE
                        + "' and wait_event_type = 'Lock' and query like '%drop constraint%'")));
    }

    @Test
    void writersGoOnWhileItWaitsForATransaction() throws Exception {
        try (Connection writing = writing()) {
            CompletableFuture<Void> migration = CompletableFuture.runAsync(() -> OutboxSchema.migrate(outbox));
            awaitBlockedMigration();
            try (Connection other = postgres.connect(DATABASE)) {
                execute(other, OutboxInsert.row().sql());
            }
            assertThat(migration).isNotDone();
            writing.commit();
            migration.get();
        }
        assertThat(query(CHECKS)).isEqualTo(KEPT);
        assertThat(query("select count(*) from outbox")).isEqualTo("2");
    }

    @Test
    void transactionThatDoesNotEndFailsTheStartWithTheRemedyAndLeavesTheTable() throws SQLException {
        try (Connection writing = writing()) {
            OutboxSchemaException failure =
                    catchThrowableOfType(OutboxSchemaException.class, () -> OutboxSchema.migrate(outbox));
            assertThat(failure.action()).contains("End the transaction that holds the lock", "start again");
            writing.commit();
        }
        assertThat(query(CHECKS)).contains("outbox_type_not_empty");
        OutboxSchema.migrate(outbox);
        assertThat(query(CHECKS)).isEqualTo(KEPT);
    }
}
