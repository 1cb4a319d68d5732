package dev.fullstate.outbox.autoconfigure;

import javax.sql.DataSource;

import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/** Tells databases apart. */
final class Databases {

    private Databases() {}

    static boolean isPostgresql(DataSource dataSource) {
        try {
            return JdbcUtils.extractDatabaseMetaData(
                    dataSource, metaData -> "PostgreSQL".equals(metaData.getDatabaseProductName()));
        } catch (MetaDataAccessException e) {
            throw new IllegalStateException("Cannot ask the database what it is", e);
        }
    }
}
