package dev.fullstate.outbox.faults.oracle;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.EventHeaders;

/** The records that a consumer with isolation {@code read_committed} gets from a topic, from the beginning. For one thread. */
public final class Published implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration BROKER_TIMEOUT = Duration.ofMinutes(2);

    private final String topic;
    private final KafkaConsumer<String, byte @Nullable []> consumer;
    private final List<Event> events = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    public Published(String bootstrapServers, String topic) {
        this.topic = topic;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        false,
                        "allow.auto.create.topics",
                        false,
                        "reconnect.backoff.max.ms",
                        200,
                        "fetch.max.wait.ms",
                        50),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    /** {@return every event that consumers could read when the call began, in the order of its partition} */
    public List<Event> events() {
        readToEnd();
        return List.copyOf(events);
    }

    /** {@return the ids of every event that consumers could read when the call began} */
    public Set<String> ids() {
        readToEnd();
        return Set.copyOf(ids);
    }

    /** Takes out of the set the ids of every event that consumers could read when the call began. */
    public void removeFrom(Set<String> some) {
        readToEnd();
        some.removeAll(ids);
    }

    /** {@return how many different events consumers could read when the call began} */
    public int distinctCount() {
        readToEnd();
        return ids.size();
    }

    private void readToEnd() {
        assign();
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), BROKER_TIMEOUT);
        long deadline = System.nanoTime() + BROKER_TIMEOUT.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("Topic " + topic + " could not be read to its end " + ends);
            }
            consumer.poll(POLL).forEach(this::add);
        }
    }

    private void assign() {
        if (!consumer.assignment().isEmpty()) {
            return;
        }
        Set<TopicPartition> partitions = consumer.partitionsFor(topic, BROKER_TIMEOUT).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .collect(Collectors.toSet());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    private void add(ConsumerRecord<String, byte @Nullable []> record) {
        byte @Nullable [] value = record.value();
        Event event = new Event(
                record.key(),
                Long.parseLong(header(record.headers(), EventHeaders.SEQUENCE)),
                header(record.headers(), EventHeaders.ID),
                Long.parseLong(header(record.headers(), EventHeaders.ENTITY_VERSION)),
                value == null ? null : new String(value, StandardCharsets.UTF_8));
        events.add(event);
        ids.add(event.id());
    }

    private static String header(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
