package dev.fullstate.outbox.jobs;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.springframework.dao.support.DataAccessUtils;
import org.springframework.dao.support.PersistenceExceptionTranslator;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.orm.jpa.hibernate.HibernateExceptionTranslator;

import dev.fullstate.outbox.session.DatabaseFailure;
import dev.fullstate.outbox.store.Database;

/** The transactions of chunks, with the limits that all of them have (ADR 7). */
final class Transactions {

    private static final PersistenceExceptionTranslator EXCEPTIONS = new HibernateExceptionTranslator();

    private final Database database;
    private final Duration idleTimeout;

    Transactions(Database database, Duration idleTimeout) {
        this.database = database;
        this.idleTimeout = idleTimeout;
    }

    /**
     * Does the work in a transaction, and commits it.
     *
     * @throws org.springframework.dao.DataAccessException where the database fails; nothing is written then
     */
    <T> T call(ConnectionCallback<T> work) {
        try {
            return database.call(connection -> {
                limitSilence(connection);
                return work.doInConnection(connection);
            });
        } catch (RuntimeException e) {
            RuntimeException database = DatabaseFailure.in(e);
            throw DataAccessUtils.translateIfNecessary(database == null ? e : database, EXCEPTIONS);
        }
    }

    /**
     * Has the database end a transaction of an instance that goes silent in the middle of it. A host that is gone closes no connection,
     * and without this limit its locks would stay until TCP gives up, after hours by default.
     */
    private void limitSilence(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Rows that a policy hides would be missing without a word; now they are an error.
            statement.execute("set local row_security = off; set local idle_in_transaction_session_timeout = "
                    + idleTimeout.toMillis());
        }
    }
}
