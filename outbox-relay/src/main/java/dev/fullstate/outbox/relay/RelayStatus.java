package dev.fullstate.outbox.relay;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.KafkaFailure;
import dev.fullstate.outbox.relay.failure.RelayException;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.position.Progress;

/**
 * A relay at one moment.
 *
 * @param slotName the replication slot that it reads, or waits for
 * @param progress of the present or the last stream; null before the first
 * @param problem the problem that keeps it from streaming; null without one
 * @param warnings the faults with which it streams, as the last publisher has found them
 */
public record RelayStatus(
        RelayState state,
        String slotName,
        @Nullable Progress progress,
        @Nullable Problem problem,
        List<Warning> warnings) {

    public RelayStatus {
        warnings = List.copyOf(warnings);
    }

    public RelayStatus(RelayState state, String slotName, @Nullable Progress progress, @Nullable Problem problem) {
        this(state, slotName, progress, problem, List.of());
    }

    /**
     * A problem that keeps a relay from streaming.
     *
     * @param kind the reaction of the relay, and of people
     * @param message the failure, with what it concerns
     * @param remedy the steps that end it
     */
    public record Problem(FailureKind kind, String message, String remedy) {

        static Problem of(RuntimeException e) {
            if (e instanceof RelayException known) {
                return new Problem(known.kind(), String.valueOf(known.getMessage()), known.remedy());
            }
            // An exception of Kafka's clients themselves, or an unforeseen one.
            KafkaFailure failure = KafkaFailure.of(e);
            return new Problem(failure.kind(), KafkaFailure.describe(e), failure.remedy());
        }

        static Problem ofDeadThread(String cause) {
            return new Problem(
                    FailureKind.PERMANENT, "The relay's thread has died: " + cause, "Restart the application");
        }
    }
}
