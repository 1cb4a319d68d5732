package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.common.KafkaFuture;

import dev.fullstate.outbox.relay.failure.Wording;

/**
 * Waits for what the admin client was asked.
 *
 * @param timeout how long
 */
record KafkaAnswer(Duration timeout) {

    /**
     * @throws BrokerException if Kafka refuses, or does not answer in time
     */
    <T> T of(KafkaFuture<T> future, String failedTo) {
        try {
            return await(future, failedTo);
        } catch (ExecutionException e) {
            throw BrokerException.of(failedTo, e.getCause() == null ? e : e.getCause());
        }
    }

    /** {@return whether Kafka did it; false if the one expected reason prevented it} */
    boolean unless(Class<? extends Throwable> reason, KafkaFuture<?> future, String failedTo) {
        try {
            await(future, failedTo);
            return true;
        } catch (ExecutionException e) {
            if (reason.isInstance(e.getCause())) {
                return false;
            }
            throw BrokerException.of(failedTo, e.getCause() == null ? e : e.getCause());
        }
    }

    private <T> T await(KafkaFuture<T> future, String failedTo) throws ExecutionException {
        try {
            return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw BrokerException.unanswered(failedTo + " within " + Wording.of(timeout), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BrokerException.of(failedTo, e);
        }
    }
}
