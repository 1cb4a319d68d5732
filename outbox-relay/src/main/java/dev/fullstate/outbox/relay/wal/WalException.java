package dev.fullstate.outbox.relay.wal;

import org.jspecify.annotations.Nullable;

/** PostgreSQL cannot be read at present; says what to do about it, and is worth another attempt. */
public sealed class WalException extends RuntimeException permits DatabaseSetupException, SlotInUseException {

    private final String remedy;

    WalException(String message, String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    /** What to do, where possible a statement to paste. */
    public String remedy() {
        return remedy;
    }
}
