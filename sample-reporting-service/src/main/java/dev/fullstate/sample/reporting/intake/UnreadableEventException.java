package dev.fullstate.sample.reporting.intake;

import org.jspecify.annotations.Nullable;

/** A record that is not the event of an order, however often it is read. */
final class UnreadableEventException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableEventException(String message) {
        this(message, null);
    }

    UnreadableEventException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
