package dev.fullstate.outbox.relay.publish;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.kafka.KafkaSettings;

/**
 * The settings for publishing.
 *
 * @param kafka the connection to Kafka
 * @param delivery what consumers can rely on
 * @param positionTopic where the position after the last published event is kept
 * @param deadLetterTopic where events go that cannot be published
 * @param commitInterval after which a Kafka transaction is committed although there is more to send; at least once, between two positions
 * @param newTopics what becomes of topics that do not exist, or grow
 */
public record PublisherSettings(
        KafkaSettings kafka,
        Delivery delivery,
        String positionTopic,
        String deadLetterTopic,
        Duration commitInterval,
        NewTopics newTopics) {

    /** The guarantee for consumers. */
    public enum Delivery {
        /** Consumers with isolation {@code read_committed} get each event once; others may see repeats. */
        EXACTLY_ONCE,
        /** After a failure events may come again. */
        AT_LEAST_ONCE
    }

    /**
     * The treatment of a topic that does not exist at its first event, and of partitions that are added to it.
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

    /** The treatment of partitions that are added to a topic that has events. */
    public enum AddedPartitions {
        /** They stay empty: each key stays where it is, and its order holds. */
        IGNORE,
        /** Keys move, and consumers may see an older event of a key after a newer one. */
        USE
    }
}
