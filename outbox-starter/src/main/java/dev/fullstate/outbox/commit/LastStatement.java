package dev.fullstate.outbox.commit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

import org.hibernate.HibernateException;
import org.hibernate.TransactionException;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.AutoSave;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.session.SessionConnection;

/**
 * The statement that ends a transaction together with its commit. PostgreSQL executes the commit only if the statement was successful, and
 * the driver, which has nothing to commit then, sends no request of its own.
 *
 * <p>Confined to the transaction's thread.
 */
public final class LastStatement {

    private static final Logger log = LoggerFactory.getLogger(LastStatement.class);

    private final SharedSessionContractImplementor session;
    private final String sql;
    private final Parameters parameters;

    /** Binds the parameters of a statement. */
    @FunctionalInterface
    public interface Parameters {

        /** Binds all of them. */
        void bind(PreparedStatement statement) throws SQLException;
    }

    private LastStatement(SharedSessionContractImplementor session, String sql, Parameters parameters) {
        this.session = session;
        this.sql = sql;
        this.parameters = parameters;
    }

    /**
     * Leaves a statement to the commit of the session's transaction, which is being completed. If it fails there, nothing is committed, and the
     * commit throws what the statement would have thrown.
     *
     * @return false if the statement has to be executed now: in a transaction that Hibernate does not commit by itself (JTA) or that has
     *     a time-out, which must not interrupt a commit, or on a connection that is not the driver's own in its usual state
     */
    public static boolean leaveToCommit(SharedSessionContractImplementor session, String sql, Parameters parameters) {
        boolean left = session.getTransactionCoordinator() instanceof CommittingCoordinator
                && session.getJdbcCoordinator().determineRemainingTransactionTimeOutPeriod() <= 0
                && isUsual(session);
        if (left) {
            ((CommittingCoordinator) session.getTransactionCoordinator())
                    .commitWith(new LastStatement(session, sql, parameters));
        }
        return left;
    }

    private static boolean isUsual(SharedSessionContractImplementor session) {
        try {
            Connection connection = SessionConnection.of(session);
            if (!connection.isWrapperFor(BaseConnection.class)) {
                return false;
            }
            BaseConnection driver = connection.unwrap(BaseConnection.class);
            return driver.getAutosave() == AutoSave.NEVER && driver.getTransactionState() == TransactionState.OPEN;
        } catch (SQLException e) {
            throw session.getJdbcServices().getSqlExceptionHelper().convert(e, "The connection's state is unknown");
        }
    }

    /**
     * Executes the statement and commits.
     *
     * @throws HibernateException if the statement fails
     * @throws TransactionException if the commit fails, or nobody knows which of them did; as with any commit, it may have succeeded
     *     if the connection was lost
     */
    void executeAndCommit() {
        Connection connection = SessionConnection.of(session);
        BaseConnection driver = driver(connection);
        boolean executed = false;
        try (PreparedStatement statement = connection.prepareStatement(sql + "; commit")) {
            parameters.bind(statement);
            statement.execute();
            executed = true;
        } catch (SQLException e) {
            if (!executed) {
                throw failure(driver, e);
            }
            log.debug("The statement that was committed could not be closed", e);
        }
    }

    /** A pool may close its connection when it sees the exception, so the driver is asked. */
    private HibernateException failure(BaseConnection driver, SQLException e) {
        return isInTransaction(driver)
                ? session.getJdbcServices().getSqlExceptionHelper().convert(e, e.getMessage(), sql)
                // As Hibernate itself reports it.
                : new TransactionException("Unable to commit against JDBC Connection", e);
    }

    private static boolean isInTransaction(BaseConnection driver) {
        try {
            return !driver.isClosed() && driver.getTransactionState() != TransactionState.IDLE;
        } catch (SQLException unknown) {
            log.debug("The driver does not know whether its connection is open", unknown);
            return false;
        }
    }

    private BaseConnection driver(Connection connection) {
        try {
            return connection.unwrap(BaseConnection.class);
        } catch (SQLException e) {
            throw session.getJdbcServices().getSqlExceptionHelper().convert(e, e.getMessage());
        }
    }
}
