package dev.fullstate.sample.reporting;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.Bean;

/** The topic of the orders, with three partitions, and a relay's part in it. */
@TestComponent
public class OrderEvents implements AutoCloseable {

    public static final String TOPIC = "outbox.event.order";

    private final Map<String, Object> configuration;
    private final Producer<String, byte[]> producer;

    OrderEvents(KafkaConnectionDetails kafka) {
        configuration = Map.of("bootstrap.servers", kafka.getBootstrapServers());
        producer = new KafkaProducer<>(configuration, new StringSerializer(), new ByteArraySerializer());
    }

    @Bean
    static NewTopic orders() {
        return new NewTopic(TOPIC, 3, (short) 1)
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    }

    /** Writes one record to a partition as a relay that dies does: in a transaction that is aborted. */
    public void publishInVain(TestEvent event, int partition) {
        Map<String, Object> transactional = new HashMap<>(configuration);
        transactional.put("transactional.id", "relay-that-dies");
        try (Producer<String, byte[]> relay =
                new KafkaProducer<>(transactional, new StringSerializer(), new ByteArraySerializer())) {
            relay.initTransactions();
            relay.beginTransaction();
            send(relay, event, partition);
            relay.abortTransaction();
        }
    }

    /** Writes one record; returns when it can be read. */
    public RecordMetadata publish(TestEvent event) {
        return publish(event, 0);
    }

    /** Writes one record to a partition; returns when it can be read. */
    public RecordMetadata publish(TestEvent event, int partition) {
        return send(producer, event, partition);
    }

    private static RecordMetadata send(Producer<String, byte[]> producer, TestEvent event, int partition) {
        try {
            return producer.send(event.to(TOPIC, partition)).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka did not take " + event, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while publishing " + event, e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
