package dev.fullstate.outbox.relay.publish;

import java.util.concurrent.TimeoutException;

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

    private PublishException(KafkaFailure failure, String message, Throwable cause) {
        super(failure.kind(), message, failure.remedy(), cause);
    }

    static PublishException of(String failedTo, Throwable cause) {
        return new PublishException(KafkaFailure.of(cause), failedTo + ": " + KafkaFailure.describe(cause), cause);
    }

    static PublishException unanswered(String message, TimeoutException cause) {
        return new PublishException(KafkaFailure.UNANSWERED, message, cause);
    }
}
