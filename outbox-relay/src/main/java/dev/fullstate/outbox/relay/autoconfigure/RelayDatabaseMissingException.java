package dev.fullstate.outbox.relay.autoconfigure;

/** Nothing says which database the relay shall read. */
final class RelayDatabaseMissingException extends RuntimeException {

    RelayDatabaseMissingException() {
        super("The outbox relay has no database to read");
    }
}
