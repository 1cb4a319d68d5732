package dev.fullstate.outbox.republish;

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

/** What a chunk has failed at. */
enum FailureKind {
    /** The database is away, or has no room. It is waited for as long as it takes. */
    CONNECTION,
    /** Something is in the way that may be gone when it is tried again. */
    PASSING,
    /** Tables, rights or the versions of old rows are missing, whichever aggregate it is. One statement mends them all. */
    OF_ALL,
    /** An aggregate of the chunk. */
    OF_ONE;

    /** Connection failures, resources, shut-downs and terminated backends, and the time-out of an idle transaction. */
    private static final List<String> CONNECTION_STATES = List.of("08", "53", "57P", "25P03");

    static FailureKind of(RuntimeException failure) {
        if (failure instanceof DataAccessResourceFailureException || isOfTheConnection(failure)) {
            return CONNECTION;
        }
        if (failure instanceof TransientDataAccessException
                || failure instanceof RecoverableDataAccessException
                || failure instanceof TransactionException) {
            return PASSING;
        }
        if (failure instanceof InvalidDataAccessResourceUsageException
                || failure instanceof PermissionDeniedDataAccessException
                || NestedExceptionUtils.getMostSpecificCause(failure) instanceof MissingVersionException) {
            return OF_ALL;
        }
        return OF_ONE;
    }

    /** Not all such states have an exception of their own. */
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
