package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A connection to Kafka, as far as the relay needs one: producers, topics, and the last values of keys. */
public interface Kafka extends AutoCloseable {

    /** Connects to Kafka, once for each publisher. */
    interface Connector {

        /**
         * Connects.
         *
         * @throws BrokerException if Kafka does not answer
         */
        Kafka connect(KafkaSettings settings);
    }

    /** What a topic keeps of its records. */
    enum Keeping {
        /** The last record of each key. */
        LAST_OF_EACH_KEY,
        /** All records, for ever. */
        ALL
    }

    /** The last committed values of some keys, while others may write them. Used by one thread. */
    interface LastValues extends AutoCloseable {

        /**
         * Takes note of records that were written since, as far as they have arrived; does not wait.
         *
         * @throws BrokerException if the topic cannot be followed any more
         */
        void keepUp();

        /**
         * Reads up to the end that the topic has now. Waits until the transactions that are open there have ended.
         *
         * @return by key; without keys that have no value, or null
         * @throws BrokerException if Kafka does not answer, or a transaction does not end in time
         */
        Map<String, byte[]> current();

        @Override
        void close();
    }

    /** Connects with Kafka's own clients. */
    static Kafka connect(KafkaSettings settings) {
        return KafkaClients.connect(settings);
    }

    /**
     * Makes a producer that its publisher closes.
     *
     * @param transactionalId null if what it sends belongs to no transactions
     */
    Producer<byte[], byte @Nullable []> producer(@Nullable String transactionalId);

    /**
     * Looks topics up, without keeping the caller waiting.
     *
     * @return by name, without topics that do not exist; completes exceptionally with a {@link BrokerException}
     */
    CompletableFuture<Map<String, KafkaTopic>> topics(Set<String> names);

    /**
     * Asks whether a topic would take an event, without keeping the caller waiting: whether it exists and the user may write there, as far as
     * Kafka tells.
     *
     * @return completes exceptionally with a {@link BrokerException}
     */
    CompletableFuture<Boolean> takesEvents(String topic);

    /**
     * Asks whether a topic would take an event that exists, or that the user may create like this.
     *
     * @param partitionCount null for the broker's default
     * @param replicationFactor null for the broker's default
     * @return completes exceptionally with a {@link BrokerException}
     */
    CompletableFuture<Boolean> takesEventsOrMayBeCreated(
            String topic, @Nullable Integer partitionCount, @Nullable Short replicationFactor);

    /**
     * Finds out whether a commit that comes late can end a later transaction: not from version 2 on, which numbers them (KIP-890).
     *
     * @return the level of the feature {@code transaction.version}; 0 where the cluster does not have it
     * @throws BrokerException if Kafka does not tell
     */
    short transactionVersion();

    /**
     * Finds out whether Kafka has written the markers of the last transaction whose commit it has acknowledged. Until then consumers do not see
     * the end of that transaction, and the next one of the same id has to wait.
     *
     * @param timeout for the answer
     * @throws BrokerException if Kafka does not tell
     */
    boolean areMarkersWritten(String transactionalId, Duration timeout);

    /**
     * Creates a topic, unless it exists.
     *
     * @param partitionCount null for the broker's default
     * @param replicationFactor null for the broker's default
     * @throws BrokerException if Kafka refuses or does not answer
     */
    void createTopic(
            String topic, Keeping keeping, @Nullable Integer partitionCount, @Nullable Short replicationFactor);

    /**
     * Finds the last values of some keys that are committed by now in the first partition of a topic.
     *
     * @param keys the topic is read back until it has one of each
     * @param others keys whose values count only if they are not older than those of all {@code keys}
     * @throws BrokerException if Kafka does not answer
     */
    LastValues follow(String topic, Set<String> keys, Set<String> others);

    /**
     * Finds the end of each partition of some topics, on another thread: the offset after the last committed record that was there
     * when it was asked for. A consumer that commits the offset after each record gets there, which is not true of the partition's end, where
     * the markers of transactions lie.
     *
     * @return completes exceptionally with a {@link BrokerException}. Partitions without records are left out, and topics that do
     *     not exist
     */
    CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics);

    /**
     * Begins to read the committed records of some topics, those from a time on and up to the ends that the partitions have now.
     *
     * @param topics those that do not exist are left out
     */
    Search search(Set<String> topics, Instant since);

    @Override
    void close();
}
