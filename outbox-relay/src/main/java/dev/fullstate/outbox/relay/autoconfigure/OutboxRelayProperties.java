package dev.fullstate.outbox.relay.autoconfigure;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

/**
 * Configuration of the relay, as far as it is not Boot's own ({@code spring.datasource.*}, {@code spring.kafka.*}).
 *
 * @param enabled Whether the relay runs in this application.
 * @param url JDBC URL of the database whose outbox is published. By default, the application's.
 * @param username Role that replicates. By default, the application's.
 * @param password Password of the role that replicates. By default, the application's.
 * @param slotName Name of the replication slot, also of the relay in logs. Unique among all databases of the server.
 * @param delivery What consumers can rely on: exactly-once holds for those with isolation read_committed.
 * @param exactlyOnce Kafka transactions, with exactly-once delivery.
 * @param topic Topic of an event whose aggregate type has none of its own, with {aggregatetype} for the type.
 * @param topics Topics by aggregate type.
 * @param createTopics Whether to create a topic that is missing when its first event comes.
 * @param topicPartitions Number of partitions of created topics. By default, the broker's.
 * @param topicReplicationFactor Replication factor of created topics. By default, the broker's.
 * @param maxInFlight Maximum size of the events that are sent to Kafka and not yet acknowledged.
 * @param pollInterval Time between two looks at the WAL while it has nothing to publish.
 * @param connectTimeout Time to wait for a connection to the database.
 * @param queryTimeout Time to wait for the database's answer to a query.
 * @param slotCreationTimeout Time to wait, at the first start, for transactions that are open to end.
 * @param walSenderTimeout Time after which the database frees the slot of a relay that has gone silent.
 * @param kafkaTimeout Time to wait for an answer of Kafka, and for the producer to accept an event.
 * @param shutdownTimeout Time to wait for events in flight when the application stops.
 * @param standbyInterval Time between two attempts to take a slot that another relay has.
 * @param retry Delays between attempts after a failure.
 */
@ConfigurationProperties("outbox.relay")
public record OutboxRelayProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String url,
        @Nullable String username,
        @Nullable String password,
        @DefaultValue("outbox") String slotName,
        @DefaultValue("exactly-once") Delivery delivery,
        @DefaultValue ExactlyOnce exactlyOnce,
        @DefaultValue("outbox.event.{aggregatetype}") String topic,
        @DefaultValue Map<String, String> topics,
        @DefaultValue("true") boolean createTopics,
        @Nullable Integer topicPartitions,
        @Nullable Short topicReplicationFactor,
        @DefaultValue("32MB") DataSize maxInFlight,
        @DefaultValue("2ms") Duration pollInterval,
        @DefaultValue("10s") Duration connectTimeout,
        @DefaultValue("30s") Duration queryTimeout,
        @DefaultValue("60s") Duration slotCreationTimeout,
        @DefaultValue("10s") Duration walSenderTimeout,
        @DefaultValue("3s") Duration kafkaTimeout,
        @DefaultValue("10s") Duration shutdownTimeout,
        @DefaultValue("1s") Duration standbyInterval,
        @DefaultValue Retry retry) {

    /**
     * Kafka transactions.
     *
     * @param positionTopic Topic that holds the position of each pipeline, of one partition and compacted.
     * @param commitInterval Time after which a transaction is committed although there is more to publish.
     * @param transactionTimeout Time after which Kafka aborts a transaction whose relay has gone silent.
     */
    public record ExactlyOnce(
            @DefaultValue("outbox.relay.positions") String positionTopic,
            @DefaultValue("50ms") Duration commitInterval,
            @DefaultValue("30s") Duration transactionTimeout) {

        public ExactlyOnce {
            positive("exactly-once.commit-interval", commitInterval);
            if (transactionTimeout.compareTo(commitInterval) <= 0) {
                throw invalid(
                        "exactly-once.transaction-timeout",
                        transactionTimeout,
                        "longer than outbox.relay.exactly-once.commit-interval, " + commitInterval);
            }
        }
    }

    /**
     * Delays between attempts.
     *
     * @param minDelay Delay after the first failure; it doubles with each further one.
     * @param maxDelay Maximum delay between two attempts.
     */
    public record Retry(
            @DefaultValue("500ms") Duration minDelay,
            @DefaultValue("30s") Duration maxDelay) {

        public Retry {
            positive("retry.min-delay", minDelay);
            if (maxDelay.compareTo(minDelay) < 0) {
                throw invalid(
                        "retry.max-delay", maxDelay, "not shorter than outbox.relay.retry.min-delay, " + minDelay);
            }
        }
    }

    public OutboxRelayProperties {
        topics = Map.copyOf(topics);
        if (maxInFlight.toBytes() <= 0) {
            throw invalid("max-in-flight", maxInFlight, "more than nothing");
        }
        positive("poll-interval", pollInterval);
        positive("connect-timeout", connectTimeout);
        positive("query-timeout", queryTimeout);
        positive("slot-creation-timeout", slotCreationTimeout);
        positive("wal-sender-timeout", walSenderTimeout);
        positive("kafka-timeout", kafkaTimeout);
        positive("shutdown-timeout", shutdownTimeout);
        positive("standby-interval", standbyInterval);
        // One event may cost three answers (topic looked up, created, its metadata), and all the while the loop is
        // silent
        // towards PostgreSQL.
        if (kafkaTimeout.multipliedBy(3).compareTo(walSenderTimeout) > 0) {
            throw invalid(
                    "kafka-timeout",
                    kafkaTimeout,
                    "no longer than a third of outbox.relay.wal-sender-timeout, " + walSenderTimeout);
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "outbox.relay.slot-name=" + slotName;
    }

    private static void positive(String property, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw invalid(property, value, "more than nothing");
        }
    }

    private static IllegalArgumentException invalid(String property, Object value, String expected) {
        return new IllegalArgumentException("outbox.relay." + property + " is " + value + "; it has to be " + expected);
    }
}
