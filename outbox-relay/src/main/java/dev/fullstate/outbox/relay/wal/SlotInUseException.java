package dev.fullstate.outbox.relay.wal;

import org.jspecify.annotations.Nullable;

/** Another relay has the slot; this one may stand by. */
public final class SlotInUseException extends WalException {

    SlotInUseException(String message, @Nullable Throwable cause) {
        super(message, "None while the other relay runs: this one takes over when it stops", cause);
    }
}
