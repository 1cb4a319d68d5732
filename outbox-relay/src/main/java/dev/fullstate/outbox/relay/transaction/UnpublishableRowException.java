package dev.fullstate.outbox.relay.transaction;

/** The table or a row of it is not what the relay can publish; nothing of its transaction is confirmed. */
public final class UnpublishableRowException extends RuntimeException {

    UnpublishableRowException(String message) {
        super(message);
    }
}
