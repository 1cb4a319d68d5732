package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.position.Progress;

/**
 * The present work of the loop: connecting, then standing by if another relay has the slot or waiting if the pipeline is paused, then announcing
 * and filling if rows may be unpublished that the stream lacks, then catching up with rows that waited for their topic, then streaming or, where the
 * table is read, polling. Each activity owns its connections and hands them to the next.
 */
sealed interface Activity permits Connecting, StandBy, Paused, Announcing, Filling, CatchingUp, Streaming, Polling {

    RelayState state();

    /** Does one bounded piece of work; returns the activity that follows, usually this one. */
    Activity step();

    /** Waits for work on the connections, if nothing else can bring some; returns at once where that has no meaning. */
    default void awaitWork() {
        // Most activities ask for their work.
    }

    /** Tells whether the last step found nothing to do. */
    boolean isIdle();

    /** Returns how long to wait after a step that found nothing to do. */
    default Duration pollInterval(RelaySettings settings) {
        return settings.pollInterval();
    }

    /** Returns the progress; null before the stream begins. */
    default @Nullable Progress progress() {
        return null;
    }

    /** Returns a problem with which the activity goes on; null without one. */
    default RelayStatus.@Nullable Problem problem() {
        return null;
    }

    /** Returns the warnings with which the activity goes on; null if it does not know them. */
    default @Nullable List<Warning> warnings() {
        return null;
    }

    /** Completes the work that has begun, as far as that is possible in the time. */
    void drain(Duration timeout);

    /** Gives up its connections at once. */
    void close();
}
