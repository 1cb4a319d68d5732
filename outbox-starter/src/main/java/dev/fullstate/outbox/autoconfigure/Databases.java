package dev.fullstate.outbox.autoconfigure;

import javax.sql.DataSource;

import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

import dev.fullstate.outbox.store.OutboxSchemaException;

/** Tells databases apart. */
final class Databases {

    private Databases() {}

    /**
     * Asks the database itself; a dialect may have been set by hand.
     *
     * @throws OutboxSchemaException where it does not answer
     */
    static boolean isPostgresql(DataSource dataSource) {
        try {
            return JdbcUtils.extractDatabaseMetaData(
                    dataSource, metaData -> "PostgreSQL".equals(metaData.getDatabaseProductName()));
        } catch (MetaDataAccessException e) {
            throw new OutboxSchemaException(
                    "A database with captured entities cannot be asked what it is: " + e.getMessage(),
                    "Let it be reachable when the application starts, or set outbox.enabled=false.",
                    e);
        }
    }
}
