package dev.fullstate.outbox.relay.wal;

import org.jspecify.annotations.Nullable;

/** The database is not set up for the relay: waiting does not help, someone has to change it. */
public final class DatabaseSetupException extends WalException {

    public DatabaseSetupException(String message, String remedy, @Nullable Throwable cause) {
        super(message, remedy, cause);
    }
}
