package dev.fullstate.outbox.relay.failure;

import java.util.Locale;

/**
 * What a failure asks of the relay. Whatever it is, the connections are given up, nothing is confirmed, and the relay tries
 * again for ever: a grant, a restart or a repair is noticed without anyone's telling it.
 */
public enum FailureKind {
    /** Something is away or busy. It heals by itself, or with the server. */
    RETRY,
    /** What has become of events in flight is not known, or known to be nothing: they are aborted and sent again. */
    REPLAY,
    /** Another relay has taken over. This one stands by. */
    STEP_DOWN,
    /** Waiting does not help: someone has to change something. */
    PERMANENT;

    /** As people read it: {@code step down}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
