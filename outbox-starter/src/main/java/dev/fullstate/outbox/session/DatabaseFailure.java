package dev.fullstate.outbox.session;

import org.hibernate.HibernateException;
import org.hibernate.JDBCException;
import org.hibernate.TransactionException;
import org.jspecify.annotations.Nullable;

/**
 * The failure of the database behind what looks like another one: collections are read while a state is written, so a lost
 * connection or a deadlock comes wrapped by Jackson. Callers retry what the database says, not what is wrapped around it.
 */
public final class DatabaseFailure {

    private DatabaseFailure() {}

    /** The outermost failure of Hibernate's that the database, or the end of the transaction's time, has caused; null if none has. */
    public static @Nullable HibernateException in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JDBCException || cause instanceof TransactionException) {
                return (HibernateException) cause;
            }
        }
        return null;
    }
}
