package dev.fullstate.outbox.relay.pgoutput;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.PostgresFailure;
import dev.fullstate.outbox.relay.failure.RelayException;

/** The bytes are not a message that the relay can read; says which message, where in it, and what was expected there. */
final class DecodeException extends RelayException {

    private DecodeException(FailureKind kind, String message, String remedy) {
        super(kind, message, remedy, null);
    }

    static DecodeException malformed(String message) {
        PostgresFailure failure = PostgresFailure.PROTOCOL_VIOLATION;
        return new DecodeException(failure.kind(), message, failure.remedy());
    }

    /** Reports a message that belongs to a stream of another kind, in which rows come before their transaction has committed. */
    static DecodeException unasked(char tag, String feature, String remedy) {
        return new DecodeException(
                FailureKind.PERMANENT,
                "PostgreSQL has sent message '" + tag + "' of pgoutput, which belongs to " + feature
                        + "; the relay has not asked for that, and would misread the rows that come with it",
                remedy);
    }
}
