package dev.fullstate.outbox.session;

import org.hibernate.HibernateException;
import org.hibernate.JDBCException;
import org.hibernate.TransactionException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the database's failure behind another exception. Collections are read while a state is written, so Jackson wraps a lost
 * connection or a deadlock, and callers retry the database's exceptions, not the wrapper.
 */
public final class DatabaseFailure {

    private DatabaseFailure() {}

    /**
     * Returns the outermost exception of Hibernate that the database, or the transaction's time-out, has caused; null if there is
     * none.
     */
    public static @Nullable HibernateException in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JDBCException || cause instanceof TransactionException) {
                return (HibernateException) cause;
            }
        }
        return null;
    }
}
