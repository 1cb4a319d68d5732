package dev.fullstate.outbox.relay.publish;

import java.util.concurrent.TimeoutException;

import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/** Kafka did not take an event, or cannot be reached; says what to do about it. */
public final class PublishException extends RuntimeException {

    private final String remedy;

    PublishException(String message, String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    static PublishException of(String failedTo, Throwable cause) {
        return new PublishException(failedTo + ": " + cause, remedy(cause), cause);
    }

    static PublishException unanswered(String message, TimeoutException cause) {
        return new PublishException(message, remedy(cause), cause);
    }

    /** What to do. */
    public String remedy() {
        return remedy;
    }

    private static String remedy(Throwable cause) {
        if (cause instanceof RecordTooLargeException) {
            return "Raise spring.kafka.producer.properties.max.request.size and the topic's max.message.bytes";
        }
        if (cause instanceof AuthorizationException) {
            return "Grant the operation that the message names to the relay's Kafka user";
        }
        if (cause instanceof AuthenticationException) {
            return "Check the user and the password or certificate in spring.kafka.*";
        }
        return "Check that Kafka runs and that spring.kafka.bootstrap-servers is right; the relay tries again";
    }
}
