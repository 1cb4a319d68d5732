package dev.fullstate.outbox.capture;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.sql.XAConnection;

import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import org.postgresql.xa.PGXADataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;

import dev.fullstate.outbox.test.PostgresServer;

/** PostgreSQL as a resource of JTA: one connection per transaction, enlisted in it; outside of one, ordinary connections. */
public final class EnlistedDataSource extends AbstractDataSource {

    private final PGXADataSource postgres = new PGXADataSource();
    private final TransactionManager transactions;
    private final Map<Transaction, Connection> enlisted = new ConcurrentHashMap<>();

    public EnlistedDataSource(PostgresServer server, String database, TransactionManager transactions) {
        postgres.setUrl(server.jdbcUrl(database));
        postgres.setUser(server.username());
        postgres.setPassword(server.password());
        this.transactions = transactions;
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            Transaction transaction = transactions.getTransaction();
            if (transaction == null) {
                XAConnection single = postgres.getXAConnection();
                return handle(single.getConnection(), single::close);
            }
            Connection connection = enlisted.get(transaction);
            return handle(connection == null ? enlist(transaction) : connection, () -> {});
        } catch (SystemException | RollbackException e) {
            throw new SQLException("No connection for this transaction", e);
        }
    }

    private Connection enlist(Transaction transaction) throws SQLException, SystemException, RollbackException {
        XAConnection resource = postgres.getXAConnection();
        transaction.enlistResource(resource.getXAResource());
        transaction.registerSynchronization(new Synchronization() {

            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                enlisted.remove(transaction);
                try {
                    resource.close();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        Connection connection = resource.getConnection();
        enlisted.put(transaction, connection);
        return connection;
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return getConnection();
    }

    private interface Closing {
        void close() throws SQLException;
    }

    private static Connection handle(Connection connection, Closing closing) {
        return (Connection) Proxy.newProxyInstance(
                EnlistedDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, values) -> {
                    if (method.getName().equals("close")) {
                        closing.close();
                        return null;
                    }
                    try {
                        return method.invoke(connection, values);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
