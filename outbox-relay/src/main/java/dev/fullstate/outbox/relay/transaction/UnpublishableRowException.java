package dev.fullstate.outbox.relay.transaction;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.RelayException;

/** The table or a row of it is not what the relay can publish; nothing of its transaction is confirmed. */
public final class UnpublishableRowException extends RelayException {

    UnpublishableRowException(String message) {
        super(
                FailureKind.PERMANENT,
                message,
                "See the message; nothing is skipped and nothing confirmed meanwhile",
                null);
    }
}
