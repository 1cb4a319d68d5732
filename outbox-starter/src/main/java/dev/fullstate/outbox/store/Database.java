package dev.fullstate.outbox.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The database of an outbox, for what is not part of an application's transaction. Each piece of work is a READ COMMITTED
 * transaction of its own, on a connection that is not bound to the thread: the application's sessions are not touched, and it
 * does not matter whether its pool hands out connections that commit by themselves. Under JTA the transaction is one of the
 * transaction manager's. Thread-safe.
 */
public final class Database {

    private static final String READ_COMMITTED = "set transaction isolation level read committed";

    private final Outbox outbox;
    private final @Nullable TransactionTemplate jta;

    /** A database whose connections take part in no transaction but their own. */
    public Database(Outbox outbox) {
        this(outbox, null);
    }

    /**
     * A database whose connections may take part in transactions of JTA.
     *
     * @param jta begins and commits these; null where there are none
     */
    public Database(Outbox outbox, @Nullable PlatformTransactionManager jta) {
        this.outbox = outbox;
        this.jta = jta == null ? null : new TransactionTemplate(jta);
        if (this.jta != null) {
            this.jta.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        }
    }

    /** The outbox, for work in the transaction of the thread. */
    public Outbox outbox() {
        return outbox;
    }

    /**
     * Does the work in a transaction, and commits it.
     *
     * @throws org.springframework.dao.DataAccessException where the database fails; nothing is written then, unless it is the
     *     commit whose answer is missing
     * @throws org.springframework.transaction.TransactionException where the transaction manager of JTA fails
     */
    public <T> T call(ConnectionCallback<T> work) {
        if (jta == null) {
            return connected(connection -> committed(connection, work));
        }
        return jta.execute(status -> connected(connection -> inReadCommitted(connection, work)));
    }

    /** As {@link #call}, for work in SQL. */
    public <T> T query(Function<Outbox, T> work) {
        return call(connection -> work.apply(outbox.on(connection)));
    }

    /**
     * Does the work on a connection that is open and has no transaction, in one that it commits. The connection stays open, and
     * commits by itself afterwards if it did so before.
     *
     * @throws org.springframework.dao.DataAccessException where the database fails
     */
    public static <T> T callOn(Connection connection, ConnectionCallback<T> work) {
        return template(connection).execute((ConnectionCallback<T>) proxy -> committed(connection, work));
    }

    private static JdbcTemplate template(Connection connection) {
        return new JdbcTemplate(new SingleConnectionDataSource(connection, true));
    }

    /** Not through Spring's {@code DataSourceUtils}, which would find what is bound to the thread. */
    private <T> T connected(ConnectionCallback<T> work) {
        try (Connection connection = outbox.dataSource().getConnection()) {
            return template(connection).execute((ConnectionCallback<T>) proxy -> work.doInConnection(connection));
        } catch (SQLException e) {
            throw new CannotGetJdbcConnectionException("No connection to the database of the outbox", e);
        }
    }

    private static <T> T committed(Connection connection, ConnectionCallback<T> work) throws SQLException {
        boolean commitsByItself = connection.getAutoCommit();
        if (commitsByItself) {
            connection.setAutoCommit(false);
        } else {
            // What a pool may have asked for a look whether the connection still works.
            connection.rollback();
        }
        try {
            T result = inReadCommitted(connection, work);
            connection.commit();
            if (commitsByItself) {
                connection.setAutoCommit(true);
            }
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            rollBack(connection, commitsByItself, e);
            throw e;
        }
    }

    private static <T> T inReadCommitted(Connection connection, ConnectionCallback<T> work) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(READ_COMMITTED);
        }
        return work.doInConnection(connection);
    }

    private static void rollBack(Connection connection, boolean commitsByItself, Throwable failure) {
        try {
            connection.rollback();
            if (commitsByItself) {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            // As it happens where the connection is gone. Why that is, the first failure knows.
            failure.addSuppressed(e);
        }
    }
}
