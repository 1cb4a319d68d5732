package dev.fullstate.outbox.store;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.contract.OutboxMigration;

/**
 * Brings the outbox's part of the schema up to date, apart from the application's own migrations: other scripts, another
 * history table.
 */
public final class OutboxSchema {

    private static final Logger log = LoggerFactory.getLogger(OutboxSchema.class);

    private OutboxSchema() {}

    /**
     * Runs the migrations that are missing. Several instances may do so at once: one works, the others wait.
     *
     * @throws OutboxSchemaException where a script fails, for one because the role may not create tables or publications
     */
    public static void migrate(Outbox outbox) {
        try {
            MigrateResult result = flyway(outbox).migrate();
            if (result.migrationsExecuted > 0) {
                log.info("The outbox schema is now at version {}", result.targetSchemaVersion);
            }
        } catch (FlywayException e) {
            throw new OutboxSchemaException("The outbox schema could not be migrated: " + e.getMessage(), e);
        }
    }

    private static Flyway flyway(Outbox outbox) {
        FluentConfiguration flyway = Flyway.configure(OutboxSchema.class.getClassLoader())
                .dataSource(outbox.dataSource())
                .locations("classpath:" + OutboxMigration.LOCATION)
                .placeholders(OutboxMigration.placeholders(outbox.names()))
                .table(outbox.names().migrationHistory())
                // The application's tables are there already: that is not our schema's version 1.
                .baselineOnMigrate(true)
                .baselineVersion("0");
        if (outbox.names().schema() != null) {
            flyway.defaultSchema(outbox.names().schema());
        }
        return flyway.load();
    }
}
