package dev.fullstate.outbox;

import org.hibernate.HibernateException;
import org.jspecify.annotations.Nullable;

/**
 * Fails a transaction whose change could not be captured. Nothing of the transaction is written.
 *
 * <p>The message names the aggregate and the remedy. The class is a {@link HibernateException} because it is thrown in the middle
 * of Hibernate's commit, which passes on only those unchanged.
 */
public class OutboxException extends HibernateException {

    private static final long serialVersionUID = 1L;

    public OutboxException(String message) {
        super(message);
    }

    public OutboxException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
