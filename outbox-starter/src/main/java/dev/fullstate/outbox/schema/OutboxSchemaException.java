package dev.fullstate.outbox.schema;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxNames;

/** Fails the application's start, because the outbox cannot be created or used. */
public final class OutboxSchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * Creates the failure of a check.
     *
     * @param action removes its cause
     */
    OutboxSchemaException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** Returns the failure for an answer of the database, with the remedy. */
    public static OutboxSchemaException of(String failedTo, OutboxNames names, Throwable cause) {
        return new OutboxSchemaException(
                failedTo + ": " + cause.getMessage(), SchemaFailure.of(cause).remedy(names), cause);
    }

    /** Returns the remedy, in statements to paste where there are some. */
    public String action() {
        return action;
    }
}
