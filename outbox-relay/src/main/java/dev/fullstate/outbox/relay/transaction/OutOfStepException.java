package dev.fullstate.outbox.relay.transaction;

import dev.fullstate.outbox.relay.failure.PostgresFailure;
import dev.fullstate.outbox.relay.failure.RelayException;

/** A message that cannot come where it came: the stream has to be started again. */
final class OutOfStepException extends RelayException {

    OutOfStepException(String message) {
        super(PostgresFailure.PROTOCOL_VIOLATION.kind(), message, PostgresFailure.PROTOCOL_VIOLATION.remedy(), null);
    }
}
