package dev.fullstate.sample.reporting.intake;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.listener.RetryListener;

/** Logs which record could not be applied, why, and the next step; never its content, which belongs in the dead letters. */
final class FailureLog implements RetryListener {

    private static final Logger log = LoggerFactory.getLogger(FailureLog.class);

    @Override
    public void failedDelivery(ConsumerRecord<?, ?> message, @Nullable Exception failure, int attempt) {
        Throwable cause = cause(failure);
        if (cause instanceof UnreadableEventException || cause instanceof DataIntegrityViolationException) {
            return;
        }
        log.warn(
                "{}-{}@{} could not be applied and is tried again, after attempt {}: {}",
                message.topic(),
                message.partition(),
                message.offset(),
                attempt,
                cause == null
                        ? null
                        : NestedExceptionUtils.getMostSpecificCause(cause).toString());
    }

    @Override
    public void recovered(ConsumerRecord<?, ?> message, @Nullable Exception failure) {
        log.error(
                "{}-{}@{} cannot be applied and is now in {}: {}",
                message.topic(),
                message.partition(),
                message.offset(),
                FailureConfiguration.DEAD_LETTERS,
                reason(cause(failure)));
    }

    @Override
    public void recoveryFailed(ConsumerRecord<?, ?> message, @Nullable Exception original, Exception failure) {
        log.error(
                "{}-{}@{} cannot be applied and did not reach {}; it is tried again: {}",
                message.topic(),
                message.partition(),
                message.offset(),
                FailureConfiguration.DEAD_LETTERS,
                reason(cause(original)),
                failure);
    }

    /** Shows only the class of other failures, because PostgreSQL's message quotes the row that it rejects. */
    private static @Nullable String reason(@Nullable Throwable cause) {
        if (cause instanceof UnreadableEventException unreadable) {
            return unreadable.getMessage();
        }
        return cause == null ? null : cause.getClass().getName();
    }

    private static @Nullable Throwable cause(@Nullable Exception failure) {
        return failure instanceof ListenerExecutionFailedException ? failure.getCause() : failure;
    }
}
