package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

import dev.fullstate.outbox.relay.failure.KafkaFailure;

/**
 * A connection to Kafka for what an operator wants to know beforehand, and a relay finds out by trying. It writes nothing, and
 * touches no transaction.
 */
public final class KafkaInspection implements AutoCloseable {

    private final KafkaSettings settings;
    private final Admin admin;

    private KafkaInspection(KafkaSettings settings, Admin admin) {
        this.settings = settings;
        this.admin = admin;
    }

    /**
     * A partition that takes no records, because too few of its replicas are in sync.
     *
     * @param requiredCount the topic's {@code min.insync.replicas}
     */
    public record Shortage(int partition, int inSyncCount, int replicaCount, int requiredCount) {}

    /**
     * Makes the connection, which is established with the first question.
     *
     * @throws BrokerException if the settings allow none
     */
    public static KafkaInspection connect(KafkaSettings settings) {
        return new KafkaInspection(settings, KafkaClients.admin(ClientProperties.admin(settings)));
    }

    /**
     * Looks for partitions with too few replicas in sync.
     *
     * @return by name, of topics that exist, the first such partition; without topics whose configuration may not be read; completes
     *     exceptionally with a {@link BrokerException}
     */
    public CompletableFuture<Map<String, Shortage>> shortages(Set<String> topics) {
        return TopicLookup.shortages(admin, settings.timeout(), topics);
    }

    /**
     * Asks whether the user may describe a transactional id.
     *
     * @return empty from brokers that do not know the question; completes exceptionally with a {@link BrokerException}
     */
    public CompletableFuture<Optional<Boolean>> takesTransactions(String transactionalId) {
        return TopicLookup.answer(
                        admin.describeTransactions(List.of(transactionalId)).description(transactionalId))
                .orTimeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .handle((described, failure) -> {
                    Throwable cause = failure == null ? null : TopicLookup.cause(failure);
                    // Kafka knows an id from its first transaction on.
                    if (cause == null || cause instanceof TransactionalIdNotFoundException) {
                        return Optional.of(true);
                    }
                    if (cause instanceof TransactionalIdAuthorizationException) {
                        return Optional.of(false);
                    }
                    if (KafkaFailure.of(cause) == KafkaFailure.NOT_SUPPORTED) {
                        return Optional.empty();
                    }
                    throw BrokerException.of(
                            "Transactional id '" + transactionalId + "' could not be looked up", cause);
                });
    }

    /**
     * Reads the last values of some keys that are committed by now in the first partition of a topic. Waits for no open transaction: the one that
     * a killed relay has left ends with its time-out, or with its successor.
     *
     * @param others keys whose values count only if they are not older than those of all {@code keys}
     * @return by key; without keys that have no value
     * @throws BrokerException if Kafka does not answer
     */
    public Map<String, byte[]> committed(String topic, Set<String> keys, Set<String> others) {
        try (FollowedKeys read = FollowedKeys.follow(settings, topic, keys, others, () -> 0)) {
            return read.values();
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
