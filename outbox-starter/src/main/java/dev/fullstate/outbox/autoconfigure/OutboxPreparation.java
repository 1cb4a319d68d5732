package dev.fullstate.outbox.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.schema.OutboxSchema;
import dev.fullstate.outbox.schema.OutboxSchemaException;
import dev.fullstate.outbox.schema.RowSecurity;
import dev.fullstate.outbox.store.Outbox;

/**
 * Prepares outboxes for writes, each when a persistence unit in its database starts (docs/adr/0012).
 *
 * @param schema the settings of the schema
 * @param migrations the role that creates the tables
 */
record OutboxPreparation(OutboxProperties.Schema schema, MigrationCredentials migrations) {

    private static final Logger log = LoggerFactory.getLogger(OutboxPreparation.class);

    /**
     * Creates or migrates the outbox in a database, if the settings ask for it, and checks it.
     *
     * @throws OutboxSchemaException if it cannot be created or used
     */
    Outbox prepare(DataSource dataSource) {
        Outbox outbox = OutboxSchema.locate(new Outbox(dataSource, schema.names()));
        if (schema.initialize()) {
            OutboxSchema.migrate(new Outbox(migrations.of(dataSource), outbox.names()));
        }
        OutboxSchema.verify(outbox);
        return outbox;
    }

    /**
     * Warns of tables with row-level security: only the author of the policies knows whether the role sees a whole state when it
     * commits.
     */
    void warnOfHiddenRows(Outbox outbox, Aggregates aggregates, SessionFactoryImplementor sessionFactory) {
        List<String> tables = RowSecurity.activeOn(outbox, tables(aggregates, sessionFactory));
        if (!tables.isEmpty()) {
            log.warn(
                    "Row-level security is active on {} for the application's role: events have only those rows of an aggregate"
                            + " that the role sees when the change commits, and republish jobs fail. Remedy, if policies hide"
                            + " rows of an aggregate from a role that changes it: ALTER ROLE ... BYPASSRLS;",
                    tables);
        }
    }

    /** The tables that hold the states of all aggregates. */
    private static Set<String> tables(Aggregates aggregates, SessionFactoryImplementor sessionFactory) {
        Set<String> tables = new TreeSet<>();
        sessionFactory.getMappingMetamodel().forEachEntityDescriptor(entity -> {
            if (!aggregates.reachedFrom(entity).isEmpty()) {
                Stream.of(entity.getQuerySpaces()).map(Object::toString).forEach(tables::add);
            }
        });
        sessionFactory.getMappingMetamodel().forEachCollectionDescriptor(collection -> {
            if (aggregates.includes(collection)) {
                Stream.of(collection.getCollectionSpaces())
                        .map(Object::toString)
                        .forEach(tables::add);
            }
        });
        return tables;
    }
}
