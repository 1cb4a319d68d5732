package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.position.Progress;

/**
 * What the loop is at: connecting, then, where another relay has the slot, standing by, then, where rows may not be published that the stream
 * does not bring, announcing that and filling, then streaming. Each owns the connections it works with and hands them to the next.
 */
sealed interface Activity permits Connecting, StandBy, Announcing, Filling, Streaming {

    RelayState state();

    /** Does one bounded piece of work; returns what the loop is at afterwards, usually still this. */
    Activity step();

    /** Tells whether the last step found nothing to do. */
    boolean isIdle();

    /** Returns how long to wait after a step that found nothing to do. */
    default Duration pollInterval(RelaySettings settings) {
        return settings.pollInterval();
    }

    /** Null where nothing is streamed yet. */
    default @Nullable Progress progress() {
        return null;
    }

    /** Returns what is wrong although it goes on; null if nothing is. */
    default RelayStatus.@Nullable Problem problem() {
        return null;
    }

    /** Returns what is not as it should be although it goes on; null where that is not known. */
    default @Nullable List<Warning> warnings() {
        return null;
    }

    /** Brings what has been begun to an end, as far as that is possible in the time. */
    void drain(Duration timeout);

    /** Gives up its connections at once. */
    void close();
}
