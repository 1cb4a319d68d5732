package dev.fullstate.outbox.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Everything that a topic holds, for assertions. Reads from the beginning what a {@code read_committed} consumer sees, with a
 * consumer of raw records, because a typed one does not see the headers of a delete. Leaves no trace on the broker: no group, no
 * offsets.
 *
 * <p>The topic may be created later, and it may grow partitions. Events stay here when compaction removes them from the topic.
 * They are in the order of their key; across partitions the order is arbitrary. For one thread at a time.
 */
public final class PublishedEvents implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(30);

    private final String topic;
    private final KafkaConsumer<String, byte[]> consumer;
    private final List<PublishedEvent> events = new ArrayList<>();

    private PublishedEvents(String topic, KafkaConsumer<String, byte[]> consumer) {
        this.topic = topic;
        this.consumer = consumer;
    }

    /** {@return the events of a topic, which need not exist yet} */
    public static PublishedEvents of(String bootstrapServers, String topic) {
        Map<String, Object> configuration = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "allow.auto.create.topics",
                false,
                // New partitions are seen at the next refresh.
                "metadata.max.age.ms",
                1_000);
        return new PublishedEvents(
                topic, new KafkaConsumer<>(configuration, new StringDeserializer(), new ByteArrayDeserializer()));
    }

    /**
     * Waits until the topic holds at least {@code count} events of a key.
     *
     * @return all events of the key that have been read, in commit order; more than {@code count} if more are there
     * @throws AssertionError if there are fewer when the time is over; the message says which events were there instead
     */
    public List<PublishedEvent> await(String key, int count, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (ofKey(key).size() < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(
                        "Expected %d events with key %s in topic %s within %s but found %d; all keys: %s"
                                .formatted(
                                        count, key, topic, timeout, ofKey(key).size(), countByKey()));
            }
            poll();
        }
        return ofKey(key);
    }

    /** {@return every event that had been published when the call began; empty if there is no such topic} */
    public List<PublishedEvent> all() {
        assignPartitions();
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), BROKER_TIMEOUT);
        long deadline = System.nanoTime() + BROKER_TIMEOUT.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(
                        "Could not read topic %s to its end %s within %s".formatted(topic, ends, BROKER_TIMEOUT));
            }
            poll();
        }
        return List.copyOf(events);
    }

    private List<PublishedEvent> ofKey(String key) {
        return events.stream().filter(event -> key.equals(event.key())).toList();
    }

    private Map<String, Integer> countByKey() {
        Map<String, Integer> counts = new HashMap<>();
        events.forEach(event -> counts.merge(String.valueOf(event.key()), 1, Integer::sum));
        return counts;
    }

    private void poll() {
        assignPartitions();
        if (consumer.assignment().isEmpty()) {
            LockSupport.parkNanos(POLL.toNanos());
            return;
        }
        consumer.poll(POLL).forEach(message -> events.add(PublishedEvent.of(message)));
    }

    /** Positions of partitions that are assigned already are kept. */
    private void assignPartitions() {
        List<TopicPartition> partitions = consumer.partitionsFor(topic, BROKER_TIMEOUT).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        if (partitions.size() > consumer.assignment().size()) {
            consumer.assign(partitions);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
