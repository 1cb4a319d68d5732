package dev.fullstate.outbox.relay.failure;

import java.util.Locale;

/**
 * The relay's reaction to a failure. In any case it gives up the connections, confirms nothing, and tries again for ever, so it notices
 * a grant, a restart or a repair by itself.
 */
public enum FailureKind {
    /** Something is away or busy. It heals by itself, or with the server. */
    RETRY,
    /** The outcome of events in flight is unknown, or they are lost: they are aborted and sent again. */
    REPLAY,
    /** Another relay has taken over. This one stands by. */
    STEP_DOWN,
    /** Waiting does not help: someone has to change something. */
    PERMANENT;

    /** Prints it as people read it: {@code step down}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
