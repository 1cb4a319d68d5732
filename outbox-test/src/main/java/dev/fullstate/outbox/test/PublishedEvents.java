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
import org.jspecify.annotations.Nullable;

/**
 * The events of one topic, or of all topics of the outbox, for assertions. {@link OutboxTestServices} provides it as a bean. It reads
 * from the beginning, as a {@code read_committed} consumer, and raw records, because a typed consumer does not see the headers of a
 * delete. It leaves no trace on the broker: no group, no offsets.
 *
 * <p>A test waits for an event that it expects with {@link #await}, and shows that no other was published with {@link #allCommitted}.
 *
 * <p>The topic may be created later, and it may get further partitions. Events stay here when compaction removes them from the topic.
 * The events of a key are in their order; across partitions the order is arbitrary. Only one thread may use it at a time.
 */
public final class PublishedEvents implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration BROKER_TIMEOUT = Duration.ofMinutes(1);

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Topics topics;
    private final @Nullable RelayPosition relay;
    private final String bootstrapServers;
    private final KafkaConsumer<String, byte[]> consumer;
    private final List<PublishedEvent> events = new ArrayList<>();

    private PublishedEvents(Topics topics, @Nullable RelayPosition relay, String bootstrapServers) {
        this.topics = topics;
        this.relay = relay;
        this.bootstrapServers = bootstrapServers;
        this.consumer = consumer("read_committed");
    }

    /** {@return the events of a topic, which need not exist yet} */
    public static PublishedEvents of(String bootstrapServers, String topic) {
        return new PublishedEvents(Topics.named(topic), null, bootstrapServers);
    }

    /** {@return all events that a relay publishes} */
    static PublishedEvents of(String bootstrapServers, Topics topics, RelayPosition relay) {
        return new PublishedEvents(topics, relay, bootstrapServers);
    }

    private KafkaConsumer<String, byte[]> consumer(String isolation) {
        Map<String, Object> configuration = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                isolation,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "allow.auto.create.topics",
                false,
                // Any other request waits behind a fetch that finds nothing.
                "fetch.max.wait.ms",
                20,
                // New partitions are seen at the next refresh.
                "metadata.max.age.ms",
                1_000);
        return new KafkaConsumer<>(configuration, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Waits for a minute at most, as {@link #await(String, int, Duration)} does.
     *
     * @param id of an aggregate; its {@code toString()} is the key
     */
    public List<PublishedEvent> await(Object id, int count) {
        return await(id.toString(), count, PATIENCE);
    }

    /**
     * Waits until the topic holds at least {@code count} events of a key.
     *
     * @return all events of the key that have been read, in commit order; more than {@code count} if there are more
     * @throws AssertionError if there are fewer when the time is over; the message says which events were found instead
     */
    public List<PublishedEvent> await(String key, int count, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (ofKey(key).size() < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("Expected %d events with key %s in %s within %d ms but found %d; all keys: %s"
                        .formatted(
                                count,
                                key,
                                topics,
                                timeout.toMillis(),
                                ofKey(key).size(),
                                countByKey()));
            }
            poll();
        }
        return ofKey(key);
    }

    /**
     * Waits until the relay has published everything that was committed before the call, so that an event that is missing then will not
     * come. This is how a test shows that nothing was published. It takes a few seconds if nothing is published, because an idle relay
     * confirms its position only every few seconds.
     *
     * @return every event so far
     * @throws AssertionError if the relay takes longer than a minute
     * @throws IllegalStateException if these are the events of one topic, which have no relay
     */
    public List<PublishedEvent> allCommitted() {
        if (relay == null) {
            throw new IllegalStateException(
                    "Only the bean of OutboxTestServices knows the relay; the events of a topic do not");
        }
        relay.awaitEverythingCommitted(PATIENCE);
        return allOnceReadable();
    }

    /** {@return every event that was appended when the call began, once its transaction has an outcome that consumers see} */
    List<PublishedEvent> allOnceReadable() {
        assignPartitions();
        try (KafkaConsumer<String, byte[]> other = consumer("read_uncommitted")) {
            return readTo(other.endOffsets(consumer.assignment(), BROKER_TIMEOUT));
        }
    }

    /** {@return the events of an aggregate among those of {@link #allCommitted}, in commit order} */
    public List<PublishedEvent> allCommitted(Object id) {
        allCommitted();
        return ofKey(id.toString());
    }

    /**
     * {@return every event that consumers could read when the call began; empty if there is no such topic} Consumers can read an event a
     * moment after its transaction is committed.
     */
    public List<PublishedEvent> all() {
        assignPartitions();
        return readTo(consumer.endOffsets(consumer.assignment(), BROKER_TIMEOUT));
    }

    private List<PublishedEvent> readTo(Map<TopicPartition, Long> ends) {
        long deadline = System.nanoTime() + BROKER_TIMEOUT.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("Could not read %s to the end %s within %d s"
                        .formatted(topics, ends, BROKER_TIMEOUT.toSeconds()));
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

    /** Keeps the positions of partitions that are already assigned. */
    private void assignPartitions() {
        List<TopicPartition> partitions = topics.partitions(consumer, BROKER_TIMEOUT);
        if (partitions.size() > consumer.assignment().size()) {
            consumer.assign(partitions);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
