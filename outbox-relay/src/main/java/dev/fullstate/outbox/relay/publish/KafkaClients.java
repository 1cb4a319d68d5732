package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Kafka, through its own clients. */
final class KafkaClients implements Kafka {

    private static final Duration POLL = Duration.ofMillis(100);

    private final PublisherSettings settings;
    private final Admin admin;
    private final KafkaAnswer answer;

    private KafkaClients(PublisherSettings settings, Admin admin) {
        this.settings = settings;
        this.admin = admin;
        this.answer = new KafkaAnswer(settings.timeout());
    }

    static KafkaClients connect(PublisherSettings settings) {
        KafkaClients clients = new KafkaClients(settings, Admin.create(ClientProperties.admin(settings)));
        try {
            clients.answer.require(clients.admin.describeCluster().clusterId(), "Kafka did not answer");
            return clients;
        } catch (RuntimeException e) {
            clients.close();
            throw e;
        }
    }

    @Override
    public Producer<byte[], byte @Nullable []> producer(Map<String, Object> properties) {
        return new KafkaProducer<>(properties);
    }

    @Override
    public boolean hasTopic(String topic) {
        return answer.unless(
                UnknownTopicOrPartitionException.class,
                admin.describeTopics(List.of(topic)).allTopicNames(),
                "Topic '" + topic + "' could not be looked up");
    }

    @Override
    public void createTopic(
            String topic,
            @Nullable Integer partitionCount,
            @Nullable Short replicationFactor,
            Map<String, String> configuration) {
        Map<String, String> compacted = new HashMap<>(configuration);
        compacted.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        NewTopic newTopic = new NewTopic(
                        topic, Optional.ofNullable(partitionCount), Optional.ofNullable(replicationFactor))
                .configs(compacted);
        answer.unless(
                TopicExistsException.class,
                admin.createTopics(List.of(newTopic)).all(),
                "Topic '" + topic + "' could not be created");
    }

    @Override
    public byte @Nullable [] lastValue(String topic, byte[] key) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> committed = consumer(IsolationLevel.READ_COMMITTED);
                KafkaConsumer<byte[], byte[]> any = consumer(IsolationLevel.READ_UNCOMMITTED)) {
            // Another pipeline's open transaction hides what is behind it: it ends within the transaction time-out.
            long end = any.endOffsets(List.of(partition), settings.timeout()).getOrDefault(partition, 0L);
            return lastValue(committed, partition, end, key);
        } catch (KafkaException e) {
            throw PublishException.of("Topic '" + topic + "' could not be read", e);
        }
    }

    private byte @Nullable [] lastValue(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long end, byte[] key) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long patience =
                settings.transactions().timeout().plus(settings.timeout()).toNanos();
        long deadline = System.nanoTime() + patience;
        byte @Nullable [] last = null;
        while (consumer.position(partition, settings.timeout()) < end) {
            if (System.nanoTime() - deadline > 0) {
                throw new PublishException(
                        "Topic '" + partition.topic() + "' could not be read up to its end, offset " + end,
                        "Look for a transaction that hangs: kafka-transactions.sh find-hanging",
                        null);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                // A long topic takes its time; only one that goes no further is held up.
                deadline = System.nanoTime() + patience;
                if (Arrays.equals(record.key(), key)) {
                    last = record.value();
                }
            }
        }
        return last;
    }

    private KafkaConsumer<byte[], byte[]> consumer(IsolationLevel isolation) {
        return new KafkaConsumer<>(ClientProperties.consumer(settings, isolation));
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
