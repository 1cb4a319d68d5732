package dev.fullstate.outbox.relay.publish;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A connection to Kafka, as far as a publisher needs one: producers, topics, and the last value of a key. */
public interface Kafka extends AutoCloseable {

    /** Connects to Kafka, once for each publisher. */
    interface Connector {

        /**
         * Connects.
         *
         * @throws PublishException if Kafka does not answer
         */
        Kafka connect(PublisherSettings settings);
    }

    /** The last committed value of a key, while others may write it. Used by one thread. */
    interface LastValue extends AutoCloseable {

        /**
         * Takes note of what has been written meanwhile, as far as it is here already; does not wait.
         *
         * @throws PublishException if the topic cannot be followed any more
         */
        void keepUp();

        /**
         * Reads up to the end that the topic has now. Waits until the transactions that are open there have ended.
         *
         * @return null if there is none, or the last one is null
         * @throws PublishException if Kafka does not answer, or a transaction does not end in time
         */
        byte @Nullable [] current();

        @Override
        void close();
    }

    /** With Kafka's own clients. */
    static Kafka connect(PublisherSettings settings) {
        return KafkaClients.connect(settings);
    }

    /** A producer that its publisher closes. */
    Producer<byte[], byte @Nullable []> producer(Map<String, Object> properties);

    /**
     * Whether a topic exists.
     *
     * @throws PublishException if Kafka does not answer
     */
    boolean hasTopic(String topic);

    /**
     * Creates a topic with the cleanup policy {@code compact}, unless it exists.
     *
     * @param partitionCount null for the broker's default
     * @param replicationFactor null for the broker's default
     * @param configuration further settings of the topic
     * @throws PublishException if Kafka refuses or does not answer
     */
    void createTopic(
            String topic,
            @Nullable Integer partitionCount,
            @Nullable Short replicationFactor,
            Map<String, String> configuration);

    /**
     * Finds the last value of a key that is committed by now in the first partition of a topic.
     *
     * @throws PublishException if Kafka does not answer
     */
    LastValue follow(String topic, byte[] key);

    /**
     * Finds the end of each partition of some topics, on another thread: the offset after the last committed record that was there
     * when it was asked for. A consumer that commits the offset after each record gets there, which is not true of the partition's end, where
     * the markers of transactions lie.
     *
     * @return completes exceptionally with a {@link PublishException}. Partitions without records are left out, and topics that do
     *     not exist
     */
    CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics);

    @Override
    void close();
}
