package dev.fullstate.outbox.relay.publish;

import java.util.concurrent.TimeoutException;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.KafkaFailure;
import dev.fullstate.outbox.relay.failure.RelayException;

/** Kafka did not take an event, or cannot be reached; says what to do about it. */
public final class PublishException extends RelayException {

    /** Of a check of the relay's own: someone has to change something. */
    PublishException(String message, String remedy, @Nullable Throwable cause) {
        super(FailureKind.PERMANENT, message, remedy, cause);
    }

    PublishException(FailureKind kind, String message, String remedy) {
        super(kind, message, remedy, null);
    }

    private PublishException(KafkaFailure failure, String message, Throwable cause) {
        super(failure.kind(), message, failure.remedy(), cause);
    }

    static PublishException of(String failedTo, Throwable cause) {
        return new PublishException(KafkaFailure.of(cause), failedTo + ": " + KafkaFailure.describe(cause), cause);
    }

    /** What follows in a partition cannot be read, because a transaction of any producer is open there, or no broker sends it. */
    static PublishException heldUp(TopicPartition partition, long offset, long end) {
        return new PublishException(
                FailureKind.RETRY,
                "Topic '" + partition.topic() + "' could not be read beyond offset " + offset + " of partition "
                        + partition.partition() + ", which ends at " + end,
                "None where a transaction there ends with its time-out, or a broker comes back; the relay tries again."
                        + " If it goes on: kafka-transactions.sh find-hanging");
    }

    static PublishException unanswered(String message, TimeoutException cause) {
        return new PublishException(KafkaFailure.UNANSWERED, message, cause);
    }
}
