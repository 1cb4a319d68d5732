package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * A connection to Kafka for what an operator wants to know beforehand, and a relay finds out by trying. It touches neither records nor
 * transactions.
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
     * @return completes exceptionally with a {@link BrokerException}
     */
    public CompletableFuture<Boolean> takesTransactions(String transactionalId) {
        return admin.describeTransactions(List.of(transactionalId))
                .description(transactionalId)
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .handle((described, failure) -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    // Kafka knows an id from its first transaction on.
                    if (cause == null || cause instanceof TransactionalIdNotFoundException) {
                        return true;
                    }
                    if (cause instanceof TransactionalIdAuthorizationException) {
                        return false;
                    }
                    throw BrokerException.of(
                            "Transactional id '" + transactionalId + "' could not be looked up", cause);
                });
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
