package dev.fullstate.outbox.relay;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads the topic of a database's dead letters, which has one partition, as a consumer that reads what is committed. */
final class DeadLetters implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<String, byte[]> consumer;
    private final TopicPartition partition;
    private final List<DeadLetter> letters = new ArrayList<>();

    /** A dead letter; the value is null if it has none. */
    record DeadLetter(String key, @Nullable String value, Map<String, String> headers) {

        /** Returns a header, or the empty text. */
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    DeadLetters(String bootstrapServers, String topic) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
    }

    /** Returns all letters that are there by now. */
    List<DeadLetter> all() {
        if (!consumer.partitionsFor(partition.topic()).isEmpty()) {
            if (letters.isEmpty()) {
                consumer.seekToBeginning(List.of(partition));
            }
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(POLL).forEach(record -> letters.add(letter(record)));
            }
        }
        return List.copyOf(letters);
    }

    private static DeadLetter letter(ConsumerRecord<String, byte[]> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        record.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        byte[] value = record.value();
        return new DeadLetter(record.key(), value == null ? null : new String(value, StandardCharsets.UTF_8), headers);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
