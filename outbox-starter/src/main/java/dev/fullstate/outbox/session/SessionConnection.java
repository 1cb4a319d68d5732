package dev.fullstate.outbox.session;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import org.hibernate.engine.jdbc.spi.JdbcCoordinator;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.jdbc.ReturningWork;
import org.hibernate.jdbc.Work;

/**
 * The connection of a session, for statements that Hibernate does not make. Each is cancelled when the transaction's time-out
 * ends, as Hibernate's own are. All our statements on a session go through this class, which an architecture test checks.
 */
public final class SessionConnection {

    private SessionConnection() {}

    /**
     * Does work on the connection.
     *
     * @throws org.hibernate.JDBCException if the database fails
     * @throws org.hibernate.TransactionException if the transaction's time-out has ended
     */
    public static <T> T call(SharedSessionContractImplementor session, ReturningWork<T> work) {
        return session.doReturningWork(connection -> work.execute(of(session)));
    }

    /** Does work as {@link #call} does, without a result. */
    public static void run(SharedSessionContractImplementor session, Work work) {
        session.doWork(connection -> work.execute(of(session)));
    }

    /**
     * Returns a connection that may be kept: it uses the session's present connection each time, because a session may release
     * its connection after each statement. Closing it has no effect.
     */
    public static Connection of(SharedSessionContractImplementor session) {
        JdbcCoordinator coordinator = session.getJdbcCoordinator();
        return (Connection) Proxy.newProxyInstance(
                SessionConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "close" -> null;
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> {
                        try {
                            yield bounded(
                                    coordinator,
                                    method.invoke(
                                            coordinator.getLogicalConnection().getPhysicalConnection(), arguments));
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }
                });
    }

    private static Object bounded(JdbcCoordinator coordinator, Object result) throws SQLException {
        if (result instanceof Statement statement) {
            int seconds = coordinator.determineRemainingTransactionTimeOutPeriod();
            if (seconds > 0) {
                statement.setQueryTimeout(seconds);
            }
        }
        return result;
    }
}
