package dev.fullstate.outbox.relay;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.acknowledge.Progress;
import dev.fullstate.outbox.relay.failure.FailureKind;

/**
 * A relay at one moment.
 *
 * @param slotName the replication slot that it reads, or waits for
 * @param progress of the present or the last stream; null before the first
 * @param problem what keeps it from streaming; null if nothing does
 */
public record RelayStatus(
        RelayState state,
        String slotName,
        @Nullable Progress progress,
        @Nullable Problem problem) {

    /**
     * What keeps a relay from streaming.
     *
     * @param kind what it asks of the relay, and of people
     * @param message what failed
     * @param remedy what to do about it
     */
    public record Problem(FailureKind kind, String message, String remedy) {}
}
