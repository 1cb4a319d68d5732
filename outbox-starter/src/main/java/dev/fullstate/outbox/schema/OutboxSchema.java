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
 * Brings the outbox's part of the schema up to date, apart from the application's own migrations: other scripts, another
 * history table. And sees whether the outbox can be written to.
 */
public final class OutboxSchema {

    private static final Logger log = LoggerFactory.getLogger(OutboxSchema.class);

    private OutboxSchema() {}

    /**
     * The outbox with the schema that it is in: where none is chosen, the current one of the application's connections. From here on
     * each statement names it, whatever becomes of a session's {@code search_path}.
     *
     * @throws OutboxSchemaException where the database does not answer, or the {@code search_path} leads to no schema
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
                    "The outbox has no schema: none that the search_path of the application's connections names exists",
                    SchemaFailure.NO_SCHEMA.remedy(outbox.names()),
                    null);
        }
        return new Outbox(outbox.dataSource(), outbox.names().in(current));
    }

    /**
     * Runs the migrations that are missing. Several instances may do so at once: one works, the others wait.
     *
     * @throws OutboxSchemaException where they cannot be run, with what mends it
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
     * On one connection, which holds a lock. Flyway's own lock does not cover the creation of its history table, and would take a
     * second connection, which a pool may not have.
     */
    @SuppressWarnings("try") // The lock is held, not used.
    private static void migrateAlone(Outbox outbox) {
        try (MigrationLock lock = MigrationLock.take(outbox)) {
            new SchemaCheck(outbox).requireRightsToMigrate();
            MigrateResult result = flyway(outbox).migrate();
            if (result.migrationsExecuted > 0) {
                log.info("{} is now at version {}", outbox.names().text("{outbox}"), result.targetSchemaVersion);
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
                // The application's tables are there already: that is not our schema's version 1.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
    }

    /**
     * Checks that this version of the outbox is there, and that the application's role may write to it.
     *
     * @param outbox with its schema
     * @throws OutboxSchemaException where it is not or may not, with the statement that mends it
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
