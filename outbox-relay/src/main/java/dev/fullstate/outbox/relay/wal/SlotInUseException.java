package dev.fullstate.outbox.relay.wal;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.PostgresFailure;

/** Another relay has the slot; this one may stand by. */
public final class SlotInUseException extends WalException {

    SlotInUseException(String message, @Nullable Throwable cause) {
        super(PostgresFailure.SLOT_IN_USE.kind(), message, PostgresFailure.SLOT_IN_USE.remedy(), cause);
    }
}
