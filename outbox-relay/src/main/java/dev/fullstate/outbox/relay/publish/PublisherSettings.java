package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * How Kafka is reached and used.
 *
 * @param clientId of the producer and the admin client
 * @param delivery what consumers can rely on
 * @param transactions for {@link Delivery#EXACTLY_ONCE}
 * @param producer properties that the user has set for producers
 * @param admin properties that the user has set for admin clients
 * @param maxInFlight the producer's buffer is made large enough for so much, which whoever calls has to keep to
 * @param timeout for an answer of Kafka that the caller waits for
 */
public record PublisherSettings(
        String clientId,
        Delivery delivery,
        Transactions transactions,
        Map<String, Object> producer,
        Map<String, Object> admin,
        NewTopics newTopics,
        DataSize maxInFlight,
        Duration timeout) {

    /** What consumers can rely on. */
    public enum Delivery {
        /** Consumers with isolation {@code read_committed} get each event once; others may see repeats. */
        EXACTLY_ONCE,
        /** After a failure events may come again. */
        AT_LEAST_ONCE
    }

    /**
     * Kafka transactions.
     *
     * @param positionTopic where the position after the last committed event is kept
     * @param commitInterval after which a transaction is committed although there is more to send
     * @param timeout after which Kafka aborts a transaction whose producer is silent
     */
    public record Transactions(String positionTopic, Duration commitInterval, Duration timeout) {}

    /**
     * What happens on the first event of a topic that does not exist, and when partitions are added to it.
     *
     * @param create whether it is created, with the cleanup policy {@code compact}
     * @param partitionCount null for the broker's default
     * @param replicationFactor null for the broker's default
     * @param addedPartitions what becomes of partitions that are added later
     */
    public record NewTopics(
            boolean create,
            @Nullable Integer partitionCount,
            @Nullable Short replicationFactor,
            AddedPartitions addedPartitions) {}

    /** What becomes of partitions that are added to a topic that has events. */
    public enum AddedPartitions {
        /** They stay empty: each key stays where it is, and its order holds. */
        IGNORE,
        /** Keys move, and consumers may see an older event of a key after a newer one. */
        USE
    }

    public PublisherSettings {
        producer = Map.copyOf(producer);
        admin = Map.copyOf(admin);
    }

    /** Without the clients' properties, some of which are secret. */
    @Override
    public String toString() {
        return "Kafka client " + clientId + ", " + newTopics;
    }
}
