package dev.fullstate.outbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Supplier;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

import dev.fullstate.outbox.contract.OutboxMigration;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.store.Outbox;

/**
 * Migrates the outbox's tables, apart from the application's own migrations, with other scripts and another history table, and
 * checks that the outbox can be written to (docs/adr/0012).
 */
public final class OutboxSchema {

    private static final Logger log = LoggerFactory.getLogger(OutboxSchema.class);

    private OutboxSchema() {}

    /**
     * Returns the outbox with its schema: without a configured one, the current schema of the application's connections. All
     * later statements name the schema, whatever happens to a session's {@code search_path} (docs/adr/0022).
     *
     * @throws OutboxSchemaException if the database does not answer, or the {@code search_path} leads to no schema
     */
    public static Outbox locate(Outbox outbox) {
        if (outbox.names().schema() != null) {
            return outbox;
        }
        String current = asking(
                outbox,
                () -> outbox.sql("select coalesce(current_schema(), '')")
                        .query(String.class)
                        .single());
        if (current.isEmpty()) {
            throw new OutboxSchemaException(
                    "The outbox has no schema: no schema in the search_path of the application's connections exists",
                    SchemaFailure.NO_SCHEMA.remedy(outbox.names()),
                    null);
        }
        return new Outbox(outbox.dataSource(), outbox.names().in(current));
    }

    /**
     * Runs the missing migrations. Several instances may do so at once: one works, the others wait.
     *
     * @throws OutboxSchemaException if they cannot be run, with the remedy
     */
    public static void migrate(Outbox outbox) {
        Outbox located = locate(outbox);
        try (Connection connection = located.dataSource().getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            try {
                migrateAlone(located.on(connection));
            } finally {
                if (!connection.isClosed()) {
                    connection.setAutoCommit(autoCommit);
                }
            }
        } catch (SQLException | DataAccessException | FlywayException e) {
            throw OutboxSchemaException.of("The outbox schema could not be migrated", located.names(), e);
        }
    }

    /**
     * Migrates on one connection, which holds a lock. Flyway's own lock does not cover the creation of its history table, and
     * would take a second connection, which a pool may not have.
     */
    @SuppressWarnings("try") // The lock is held, not used.
    private static void migrateAlone(Outbox outbox) {
        try (MigrationLock lock = MigrationLock.take(outbox)) {
            new SchemaCheck(outbox).requireRightsToMigrate();
            MigrateResult result = flyway(outbox).migrate();
            if (result.migrationsExecuted > 0) {
                log.info("Migrated {} to version {}", outbox.names().text("{outbox}"), result.targetSchemaVersion);
            }
        }
    }

    private static Flyway flyway(Outbox outbox) {
        OutboxNames names = outbox.names();
        return Flyway.configure(OutboxSchema.class.getClassLoader())
                .dataSource(outbox.dataSource())
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
                .locations("classpath:" + OutboxMigration.LOCATION)
                .placeholders(OutboxMigration.placeholders(names))
                .defaultSchema(names.schema())
                .table(names.migrationHistory())
                // The schema may have the application's tables, which are not version 1 of ours.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
    }

    /**
     * Checks that the outbox exists in this version and that the application's role may write to it.
     *
     * @param outbox with its schema
     * @throws OutboxSchemaException if it does not or may not, with the statement that helps
     */
    public static void verify(Outbox outbox) {
        asking(outbox, () -> {
            SchemaCheck check = new SchemaCheck(outbox);
            check.requireTables();
            check.requireRightsToWrite();
            check.requireAllRows();
            check.warnOfMissingRights();
            return true;
        });
    }

    private static <T> T asking(Outbox outbox, Supplier<T> question) {
        try {
            return question.get();
        } catch (DataAccessException e) {
            throw OutboxSchemaException.of("The database with the outbox does not answer", outbox.names(), e);
        }
    }
}
