package dev.fullstate.sample.reporting;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.test.context.TestComponent;

/** The records in the topic of the dead letters. Only one thread may use it at a time. */
@TestComponent
public class DeadLetters implements AutoCloseable {

    private static final TopicPartition PARTITION = new TopicPartition("outbox.event.order-dlt", 0);
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<String, byte[]> consumer;
    private final List<ConsumerRecord<String, byte[]>> letters = new ArrayList<>();

    DeadLetters(KafkaConnectionDetails kafka) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.getBootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(List.of(PARTITION));
    }

    /** {@return everything that the topic held when the call began} */
    public List<ConsumerRecord<String, byte[]>> all() {
        long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
        while (consumer.position(PARTITION) < end) {
            consumer.poll(POLL).forEach(letters::add);
        }
        return List.copyOf(letters);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
