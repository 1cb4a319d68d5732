package dev.fullstate.outbox.jobs;

import java.sql.SQLException;
import java.util.List;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

import dev.fullstate.outbox.rows.MissingVersionException;

/** The answer that the failure of a chunk asks of its job. */
enum FailureKind {
    /** The database is away, or has no room. The job waits for it as long as it takes. */
    WAIT,
    /** Something is in the way that may be gone at the next attempt. */
    RETRY,
    /**
     * Waiting does not help: tables, rights or the versions of old rows are missing, whichever aggregate it is. Someone has to change
     * something.
     */
    PERMANENT,
    /** One aggregate of the chunk is the reason. The others go on without it. */
    SINGLE_OUT;

    /** Connection failures, resources, shut-downs and terminated backends, and the time-out of an idle transaction. */
    private static final List<String> CONNECTION_STATES = List.of("08", "53", "57P", "25P03");

    static FailureKind of(RuntimeException failure) {
        if (failure instanceof DataAccessResourceFailureException || isOfTheConnection(failure)) {
            return WAIT;
        }
        if (failure instanceof TransientDataAccessException
                || failure instanceof RecoverableDataAccessException
                || failure instanceof TransactionException) {
            return RETRY;
        }
        if (failure instanceof InvalidDataAccessResourceUsageException
                || failure instanceof PermissionDeniedDataAccessException
                || NestedExceptionUtils.getMostSpecificCause(failure) instanceof MissingVersionException) {
            return PERMANENT;
        }
        return SINGLE_OUT;
    }

    /** Returns whether the connection failed. It looks at the SQL state, as not all such states have an exception of their own. */
    private static boolean isOfTheConnection(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String state = cause instanceof SQLException database ? database.getSQLState() : null;
            if (state != null && CONNECTION_STATES.stream().anyMatch(state::startsWith)) {
                return true;
            }
        }
        return false;
    }
}
