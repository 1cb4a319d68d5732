package dev.fullstate.outbox.relay.kafka;

import java.util.Set;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.KafkaFailure;
import dev.fullstate.outbox.relay.failure.RelayException;

/** Kafka did not take a record, cannot be reached, or is not set up as it has to be; says what to do about it. */
public class BrokerException extends RelayException {

    /** Reports a check of the relay's own that people have to act on. */
    public BrokerException(String message, String remedy, @Nullable Throwable cause) {
        super(FailureKind.PERMANENT, message, remedy, cause);
    }

    /** Reports a check of the relay's own. */
    public BrokerException(FailureKind kind, String message, String remedy) {
        super(kind, message, remedy, null);
    }

    /** Reports what Kafka or one of its clients has reported. */
    protected BrokerException(KafkaFailure failure, String message, @Nullable Throwable cause) {
        super(failure.kind(), message, failure.remedy(), cause);
    }

    /** Makes an exception of what Kafka or one of its clients has reported. */
    public static BrokerException of(String failedTo, Throwable cause) {
        String message = failedTo + ": " + KafkaFailure.describe(cause);
        Set<String> denied = UnavailableTopicsException.denied(cause);
        return denied.isEmpty()
                ? new BrokerException(KafkaFailure.of(cause), message, cause)
                : new UnavailableTopicsException(denied, KafkaFailure.of(cause), message, cause);
    }

    /** Returns the same failure, met at the use of a topic: as one of that topic, if it is the topic's fault. */
    public BrokerException at(String topic) {
        KafkaFailure failure = KafkaFailure.of(this);
        return failure.isOfATopic() && !(this instanceof UnavailableTopicsException)
                ? new UnavailableTopicsException(Set.of(topic), failure, String.valueOf(getMessage()), getCause())
                : this;
    }

    /** Says that the rest of a partition cannot be read, because a transaction of any producer is open there, or no broker sends it. */
    static BrokerException heldUp(TopicPartition partition, long offset, long end) {
        return new BrokerException(
                FailureKind.RETRY,
                "Topic '" + partition.topic() + "' could not be read beyond offset " + offset + " of partition "
                        + partition.partition() + ", which ends at " + end,
                "None where a transaction there ends with its time-out, or a broker comes back; the relay tries again."
                        + " If it goes on: kafka-transactions.sh find-hanging");
    }

    static BrokerException unanswered(String message, TimeoutException cause) {
        return new BrokerException(KafkaFailure.UNANSWERED, message, cause);
    }
}
