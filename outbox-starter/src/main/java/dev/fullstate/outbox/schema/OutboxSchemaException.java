package dev.fullstate.outbox.schema;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxNames;

/** The outbox cannot be made, or cannot be used. Fails the application's start. */
public final class OutboxSchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /** Something is in the way, and {@code action} removes it. */
    OutboxSchemaException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** What the database has answered, with what mends it. */
    public static OutboxSchemaException of(String failedTo, OutboxNames names, Throwable cause) {
        return new OutboxSchemaException(
                failedTo + ": " + cause.getMessage(), SchemaFailure.of(cause).remedy(names), cause);
    }

    /** What to do about it, in statements where there are some. */
    public String action() {
        return action;
    }
}
