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
 * The database of an outbox, for work that is not part of an application's transaction. Each piece of work is a READ COMMITTED
 * transaction of its own, on a connection that is not bound to the thread: the application's sessions are not touched, and the
 * pool may hand out connections with or without auto-commit. Under JTA the transaction is one of the transaction manager's
 * (docs/adr/0023). Thread-safe.
 */
public final class Database {

    private static final String READ_COMMITTED = "set transaction isolation level read committed";

    private final Outbox outbox;
    private final @Nullable TransactionTemplate jta;

    /** Creates a database whose connections take part in no transaction but their own. */
    public Database(Outbox outbox) {
        this(outbox, null);
    }

    /**
     * Creates a database whose connections may take part in JTA transactions.
     *
     * @param jta begins and commits these transactions; null if there are none
     */
    public Database(Outbox outbox, @Nullable PlatformTransactionManager jta) {
        this.outbox = outbox;
        this.jta = jta == null ? null : new TransactionTemplate(jta);
        if (this.jta != null) {
            this.jta.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        }
    }

    /** Returns the outbox, for work in the thread's transaction. */
    public Outbox outbox() {
        return outbox;
    }

    /**
     * Does the work in a transaction, and commits the transaction.
     *
     * @throws org.springframework.dao.DataAccessException if the database fails; then nothing is written, unless only the answer
     *     to the commit is missing
     * @throws org.springframework.transaction.TransactionException if the transaction manager of JTA fails
     */
    public <T> T call(ConnectionCallback<T> work) {
        if (jta == null) {
            return connected(connection -> committed(connection, work));
        }
        return jta.execute(status -> connected(connection -> inReadCommitted(connection, work)));
    }

    /** Does work in SQL as {@link #call} does. */
    public <T> T query(Function<Outbox, T> work) {
        return call(connection -> work.apply(outbox.on(connection)));
    }

    /**
     * Does the work in a transaction on an open connection that has none, and commits it. The connection stays open, with the
     * auto-commit that it had.
     *
     * @throws org.springframework.dao.DataAccessException if the database fails
     */
    public static <T> T callOn(Connection connection, ConnectionCallback<T> work) {
        return template(connection).execute((ConnectionCallback<T>) proxy -> committed(connection, work));
    }

    private static JdbcTemplate template(Connection connection) {
        return new JdbcTemplate(new SingleConnectionDataSource(connection, true));
    }

    /** Opens a connection without Spring's {@code DataSourceUtils}, which would return the one that is bound to the thread. */
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
            // Ends a transaction that a pool may have begun to test the connection.
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
            // Usual if the connection is lost; the first failure has the cause.
            failure.addSuppressed(e);
        }
    }
}
