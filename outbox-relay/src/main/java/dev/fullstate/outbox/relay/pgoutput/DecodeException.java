package dev.fullstate.outbox.relay.pgoutput;

/** The bytes are not a message of the protocol; says which message, where in it, and what was expected there. */
public final class DecodeException extends RuntimeException {

    DecodeException(String message) {
        super(message);
    }
}
