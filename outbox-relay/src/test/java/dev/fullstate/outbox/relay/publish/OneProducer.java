package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.KafkaSettings;
import dev.fullstate.outbox.relay.kafka.KafkaTopic;
import dev.fullstate.outbox.relay.kafka.Search;
import dev.fullstate.outbox.relay.publish.PublisherSettings.AddedPartitions;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;

/**
 * A cluster that has every topic, with one partition, and one producer.
 *
 * @param markers asked for the markers of its transactions
 */
record OneProducer(Producer<byte[], byte @Nullable []> producer, BooleanSupplier markers) implements Kafka {

    OneProducer(Producer<byte[], byte @Nullable []> producer) {
        this(producer, () -> true);
    }

    /** Settings of a publisher that uses it. */
    static PublisherSettings settings(Delivery delivery) {
        return settings(delivery, DataSize.ofMegabytes(1));
    }

    static PublisherSettings settings(Delivery delivery, DataSize maxInFlight) {
        return new PublisherSettings(
                new KafkaSettings("client", Map.of(), maxInFlight, Duration.ofSeconds(1), Duration.ofSeconds(10)),
                delivery,
                "positions",
                "dead-letters",
                Duration.ofMillis(50),
                new NewTopics(true, null, null, AddedPartitions.IGNORE));
    }

    @Override
    public Producer<byte[], byte @Nullable []> producer(@Nullable String transactionalId) {
        return producer;
    }

    @Override
    public CompletableFuture<Map<String, KafkaTopic>> topics(Set<String> names) {
        Map<String, KafkaTopic> topics = new HashMap<>();
        names.forEach(name -> topics.put(name, new KafkaTopic(name, name, 1, "compact")));
        return CompletableFuture.completedFuture(topics);
    }

    @Override
    public CompletableFuture<Boolean> takesEvents(String topic) {
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public CompletableFuture<Boolean> takesEventsOrMayBeCreated(
            String topic, @Nullable Integer partitionCount, @Nullable Short replicationFactor) {
        return takesEvents(topic);
    }

    @Override
    public short transactionVersion() {
        return 2;
    }

    @Override
    public boolean areMarkersWritten(String transactionalId, Duration timeout) {
        return markers.getAsBoolean();
    }

    @Override
    public void createTopic(
            String topic, Keeping keeping, @Nullable Integer partitionCount, @Nullable Short replicationFactor) {
        throw new AssertionError("All topics exist");
    }

    @Override
    public LastValues follow(String topic, Set<String> keys, Set<String> others) {
        return new NoValue();
    }

    @Override
    public Search search(Set<String> topics, Instant since) {
        throw new IllegalStateException("The test searches for no events");
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
        return CompletableFuture.completedFuture(Map.of());
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    private static final class NoValue implements Kafka.LastValues {

        @Override
        public void keepUp() {
            // There is never a value.
        }

        @Override
        public Map<String, byte[]> current() {
            return Map.of();
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
