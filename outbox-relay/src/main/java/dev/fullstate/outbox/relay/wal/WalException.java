package dev.fullstate.outbox.relay.wal;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.RelayException;

/** PostgreSQL cannot be read at present; says what to do about it, and is worth another attempt. */
public sealed class WalException extends RelayException permits DatabaseSetupException, SlotInUseException {

    /** Reports a check of the relay's own that people have to act on. */
    WalException(String message, String remedy, @Nullable Throwable cause) {
        this(FailureKind.PERMANENT, message, remedy, cause);
    }

    WalException(FailureKind kind, String message, String remedy, @Nullable Throwable cause) {
        super(kind, message, remedy, cause);
    }

    /**
     * Translates an error of PostgreSQL.
     *
     * @param failedTo the attempt that the error ended, as a whole clause
     */
    public static WalException of(String failedTo, SQLException e) {
        return SqlFailure.of(failedTo, e);
    }
}
