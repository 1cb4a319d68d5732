package dev.fullstate.outbox.relay.failure;

import org.jspecify.annotations.Nullable;

/** The relay cannot go on as it is; names its reaction, and the remedy. It skips and confirms nothing until then. */
public abstract class RelayException extends RuntimeException {

    private final FailureKind kind;
    private final String remedy;

    protected RelayException(FailureKind kind, String message, String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.remedy = remedy;
    }

    public FailureKind kind() {
        return kind;
    }

    /** {@return the remedy, where possible a statement to paste} */
    public String remedy() {
        return remedy;
    }
}
