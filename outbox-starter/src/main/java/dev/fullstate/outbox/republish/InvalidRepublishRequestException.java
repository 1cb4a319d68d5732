package dev.fullstate.outbox.republish;

/** A request for a republish cannot be met; the message tells why. No job was started. */
public class InvalidRepublishRequestException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    InvalidRepublishRequestException(String message) {
        super(message);
    }

    InvalidRepublishRequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
