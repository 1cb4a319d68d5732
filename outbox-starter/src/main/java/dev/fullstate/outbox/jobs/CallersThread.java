package dev.fullstate.outbox.jobs;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Function;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import dev.fullstate.outbox.session.SessionConnection;
import dev.fullstate.outbox.store.Database;
import dev.fullstate.outbox.store.Outbox;

/**
 * Works on the thread of a caller, who may have bound a transaction to it, or a session as Spring Boot does for each request (ADR 23). A
 * caller that has a connection is not made to wait for a second one, which its pool may not have; and its session stays as it is.
 */
public final class CallersThread {

    private final Database database;
    private final List<EntityManagerFactory> factories;

    /** @param factories whose sessions may be bound to the thread */
    public CallersThread(Database database, List<EntityManagerFactory> factories) {
        this.database = database;
        this.factories = factories;
    }

    /**
     * Does the work in a transaction of its own.
     *
     * @throws IllegalTransactionStateException in a transaction of the caller's. A job would begin before it is committed, and not
     *     see what it has written
     */
    public <T> T change(ConnectionCallback<T> work) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalTransactionStateException(
                    "Jobs are started and changed in transactions of their own, which see nothing of the one that is under way"
                            + " here. Make the call after it is committed");
        }
        return own(work);
    }

    /** Reads in the caller's transaction, if there is one. */
    public <T> T read(Function<Outbox, T> work) {
        return TransactionSynchronizationManager.isActualTransactionActive()
                ? work.apply(database.outbox())
                : own(connection -> work.apply(database.outbox().on(connection)));
    }

    private <T> T own(ConnectionCallback<T> work) {
        SessionImplementor open = connectedSession();
        return open == null
                ? database.call(work)
                : SessionConnection.call(open, connection -> Database.callOn(connection, work));
    }

    /** A session that keeps its connection between transactions, and has none now. */
    private @Nullable SessionImplementor connectedSession() {
        for (EntityManagerFactory factory : factories) {
            if (TransactionSynchronizationManager.getResource(factory) instanceof EntityManagerHolder holder) {
                SessionImplementor session = holder.getEntityManager().unwrap(SessionImplementor.class);
                if (session.isOpen()
                        && session.getJdbcCoordinator().getLogicalConnection().isPhysicallyConnected()
                        && SessionConnection.call(session, CallersThread::isFree)) {
                    return session;
                }
            }
        }
        return null;
    }

    /** {@return whether the connection has nothing that a transaction of ours would commit or undo} */
    private static boolean isFree(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            return true;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_current_xact_id_if_assigned() is null")) {
            return row.next() && row.getBoolean(1);
        }
    }
}
