package dev.fullstate.outbox;

import org.hibernate.HibernateException;
import org.jspecify.annotations.Nullable;

/**
 * A change could not be captured, so its transaction fails and nothing of it is written.
 *
 * <p>The message names the aggregate and says what to do. It is a {@link HibernateException} because it is thrown in the
 * middle of Hibernate's commit, which passes only those on as what they are.
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
