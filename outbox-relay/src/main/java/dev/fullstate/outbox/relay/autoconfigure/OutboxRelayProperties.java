package dev.fullstate.outbox.relay.autoconfigure;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.relay.AfterLoss;
import dev.fullstate.outbox.relay.Poison;
import dev.fullstate.outbox.relay.publish.PublisherSettings.AddedPartitions;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.SendAfter;
import dev.fullstate.outbox.relay.wal.Source;
import dev.fullstate.outbox.relay.wal.WalSettings;

import static dev.fullstate.outbox.relay.autoconfigure.PropertyValue.print;

/**
 * Configuration of the relay, as far as it is not Boot's own ({@code spring.datasource.*}, {@code spring.kafka.*}).
 *
 * @param enabled Whether the relay runs in this application.
 * @param url JDBC URL of the database whose outbox is published. Defaults to the application's.
 * @param username Role that replicates. Defaults to the application's.
 * @param password Password of the role that replicates. Defaults to the application's.
 * @param publication Publication of the outbox table, through which the relay also finds the other tables. Defaults to the one that
 *     outbox.schema names.
 * @param source Where rows are read: in the write-ahead log through a replication slot, or, where the server or the role does not allow that,
 *     in the table, by a query every poll-interval.
 * @param slotName Name of the replication slot, also of the relay in logs. Unique among all databases of the server. By default, the
 *     publication's name.
 * @param failoverSlot Whether standbys are to have the replication slot too, from PostgreSQL 17 on.
 * @param sendAfter Condition for sending an event: its commit is on the server's own disk, or also on the disks of the standbys that
 *     synchronized_standby_slots names.
 * @param gap Treatment of aggregates of which consumers have events that the database has lost: with report, a republish job for them
 *     waits to be resumed; with republish, it begins at once.
 * @param delivery Guarantee for consumers: exactly-once holds for those with isolation read_committed.
 * @param exactlyOnce Kafka transactions, with exactly-once delivery.
 * @param topic Topic of events whose aggregate type has no topic of its own, with {aggregatetype} for the type.
 * @param topics Topics by aggregate type.
 * @param poison Treatment of an event that cannot be published: with park, it goes to the topic of dead letters, and it and later ones of
 *     its aggregate wait for an operator; with skip, later ones are published; with stop, nothing is until its row is corrected or deleted.
 * @param poisonByType Treatments by aggregate type.
 * @param parking Limits of what is parked.
 * @param deadLetterTopic Topic of events that cannot be published.
 * @param createTopics Whether to create a missing topic when its first event is to be sent.
 * @param topicPartitions Number of partitions of created topics. Defaults to the broker's.
 * @param topicReplicationFactor Replication factor of created topics. Defaults to the broker's.
 * @param addedPartitions Treatment of partitions that are added to a topic that has events: with use, keys move to other partitions.
 * @param admin Endpoint for operators.
 * @param maxInFlight Maximum size of the events that are sent to Kafka and not yet acknowledged.
 * @param pollInterval Time between two reads while there is nothing to publish. Defaults to 2ms for the WAL, whose messages have arrived then,
 *     and to 50ms for the table.
 * @param connectTimeout Time to wait for a connection to the database.
 * @param queryTimeout Time to wait for the database's answer to a query.
 * @param slotCreationTimeout Time to wait, at the first start, for open transactions to end.
 * @param walSenderTimeout Time after which the database frees the slot of a relay that has gone silent.
 * @param kafkaTimeout Time to wait for an answer from Kafka, and for the producer to accept an event.
 * @param shutdownTimeout Time to wait for events in flight when the application stops.
 * @param standbyInterval Time between two checks of a slot that another relay has.
 * @param leaderTimeout Time after which a relay that stands by takes the slot from one that shows no sign of life.
 * @param retry Delays between attempts after a failure.
 * @param pipelines Several pipelines in this process, by name. Each can have any property of outbox.relay, and takes from there what it does
 *     not set.
 */
@ConfigurationProperties(OutboxRelayProperties.PREFIX)
public record OutboxRelayProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String url,
        @Nullable String username,
        @Nullable String password,
        @Nullable String publication,
        @DefaultValue("wal") Source source,
        @Nullable String slotName,
        @DefaultValue("true") boolean failoverSlot,
        @DefaultValue("local-flush") SendAfter sendAfter,
        @DefaultValue("report") AfterLoss gap,
        @DefaultValue("exactly-once") Delivery delivery,
        @DefaultValue ExactlyOnce exactlyOnce,
        @DefaultValue("outbox.event.{aggregatetype}") String topic,
        @DefaultValue Map<String, String> topics,
        @DefaultValue("park") Poison poison,
        @DefaultValue Map<String, Poison> poisonByType,
        @DefaultValue Parking parking,
        @DefaultValue("outbox.relay.dead-letters") String deadLetterTopic,
        @DefaultValue("true") boolean createTopics,
        @Nullable Integer topicPartitions,
        @Nullable Short topicReplicationFactor,
        @DefaultValue("ignore") AddedPartitions addedPartitions,
        @DefaultValue Admin admin,
        @DefaultValue("32MB") DataSize maxInFlight,
        @Nullable Duration pollInterval,
        @DefaultValue("10s") Duration connectTimeout,
        @DefaultValue("30s") Duration queryTimeout,
        @DefaultValue("60s") Duration slotCreationTimeout,
        @DefaultValue("10s") Duration walSenderTimeout,
        @DefaultValue("3s") Duration kafkaTimeout,
        @DefaultValue("10s") Duration shutdownTimeout,
        @DefaultValue("250ms") Duration standbyInterval,
        @DefaultValue("3s") Duration leaderTimeout,
        @DefaultValue Retry retry,
        @DefaultValue Map<String, Map<String, Object>> pipelines) {

    /** The prefix of all properties. */
    static final String PREFIX = "outbox.relay";

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** Of four signs of life, three may be late. */
    private static final Duration SHORTEST_SILENCE = Duration.ofSeconds(2);

    /** PostgreSQL and Kafka count milliseconds in 32 bits, 24 days of them. */
    private static final Duration LONGEST = Duration.ofDays(24);

    private static final String TOPIC = "a topic's name, 1 to 249 letters, digits, dots, underscores and hyphens";

    /**
     * Kafka transactions.
     *
     * @param positionTopic Topic that holds the position of each pipeline, compacted and with one partition.
     * @param commitInterval Time after which a transaction is committed although there is more to publish.
     * @param transactionTimeout Time after which Kafka aborts a transaction whose relay has gone silent.
     */
    public record ExactlyOnce(
            @DefaultValue("outbox.relay.positions") String positionTopic,
            @DefaultValue("100ms") Duration commitInterval,
            @DefaultValue("30s") Duration transactionTimeout) {

        public ExactlyOnce {
            of("exactly-once.position-topic", positionTopic).require(Router.isTopic(positionTopic), TOPIC);
            of("exactly-once.commit-interval", commitInterval).requireBetween(SHORTEST, LONGEST);
            of("exactly-once.transaction-timeout", transactionTimeout).requireBetween(SHORTEST, LONGEST);
            of("exactly-once.transaction-timeout", transactionTimeout)
                    .require(
                            transactionTimeout.compareTo(commitInterval) > 0,
                            "longer than outbox.relay.exactly-once.commit-interval, " + print(commitInterval));
        }
    }

    /**
     * Limits of what is parked; beyond them, an event that cannot be published stops the relay.
     *
     * @param maxAggregates Maximum number of aggregates whose events wait.
     * @param maxSize Maximum size of the payloads of events that wait.
     */
    public record Parking(
            @DefaultValue("1000") int maxAggregates,
            @DefaultValue("256MB") DataSize maxSize) {

        private static final int MOST_AGGREGATES = 2_000;

        public Parking {
            of("parking.max-aggregates", maxAggregates).requireBetween(0, MOST_AGGREGATES);
            of("parking.max-size", maxSize).requireBetween(DataSize.ofBytes(1), DataSize.ofTerabytes(1));
        }
    }

    /**
     * Endpoint for operators, in an application with a web server.
     *
     * @param enabled Whether there is one. With Spring Security it asks for the authority OUTBOX_ADMIN; without, there is none unless a password
     *     is set.
     * @param username Name of the operator, without Spring Security.
     * @param password Password of the operator, without Spring Security. By default there is none, and no endpoint.
     */
    public record Admin(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("operator") String username,
            @Nullable String password) {

        public Admin {
            of("admin.username", username)
                    .require(!username.isBlank() && username.indexOf(':') < 0, "a name without a colon");
            if (password != null && password.isBlank()) {
                throw new InvalidConfigurationPropertyValueException(
                        "outbox.relay.admin.password", "", "It has to have a character that is not blank.");
            }
        }

        /** Leaves out the password. */
        @Override
        public String toString() {
            return "outbox.relay.admin.enabled=" + enabled + ", outbox.relay.admin.username=" + username;
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
            of("retry.min-delay", minDelay).requireBetween(SHORTEST, LONGEST);
            of("retry.max-delay", maxDelay).requireBetween(SHORTEST, LONGEST);
            of("retry.max-delay", maxDelay)
                    .require(
                            maxDelay.compareTo(minDelay) >= 0,
                            "not shorter than outbox.relay.retry.min-delay, " + print(minDelay));
        }
    }

    public OutboxRelayProperties {
        topics = Map.copyOf(topics);
        poisonByType = Map.copyOf(poisonByType);
        pipelines = Map.copyOf(pipelines);
        // Only failover slots wait for standbys.
        of("send-after", sendAfter)
                .require(
                        failoverSlot || sendAfter == SendAfter.LOCAL_FLUSH,
                        "local-flush with outbox.relay.failover-slot=false");
        checkDatabase(url, username, publication, slotName);
        checkTopics(topic, topics, topicPartitions, topicReplicationFactor);
        of("dead-letter-topic", deadLetterTopic).require(Router.isTopic(deadLetterTopic), TOPIC);
        of("max-in-flight", maxInFlight).requireBetween(DataSize.ofBytes(1), DataSize.ofTerabytes(1));
        if (pollInterval != null) {
            of("poll-interval", pollInterval).requireBetween(SHORTEST, LONGEST);
        }
        of("connect-timeout", connectTimeout).requireBetween(SHORTEST, LONGEST);
        of("query-timeout", queryTimeout).requireBetween(SHORTEST, LONGEST);
        of("slot-creation-timeout", slotCreationTimeout).requireBetween(SHORTEST, LONGEST);
        of("wal-sender-timeout", walSenderTimeout).requireBetween(SHORTEST, LONGEST);
        of("kafka-timeout", kafkaTimeout).requireBetween(SHORTEST, LONGEST);
        of("shutdown-timeout", shutdownTimeout).requireBetween(SHORTEST, LONGEST);
        of("standby-interval", standbyInterval).requireBetween(SHORTEST, LONGEST);
        of("leader-timeout", leaderTimeout).requireBetween(SHORTEST_SILENCE, LONGEST);
        // One event may cost three answers (topic looked up, created, its metadata), while the loop is silent towards
        // PostgreSQL.
        of("kafka-timeout", kafkaTimeout)
                .require(
                        kafkaTimeout.multipliedBy(3).compareTo(walSenderTimeout) <= 0,
                        "no longer than a third of outbox.relay.wal-sender-timeout, " + print(walSenderTimeout));
    }

    private static void checkDatabase(
            @Nullable String url, @Nullable String username, @Nullable String publication, @Nullable String slotName) {
        if (url != null) {
            // One of its parameters may be a password.
            of("url", url.replaceFirst("[?;].*", ""))
                    .require(
                            url.startsWith("jdbc:postgresql:"),
                            "a JDBC URL that begins with jdbc:postgresql:, because no other driver has a stream of changes");
        }
        if (username != null) {
            of("username", username).require(!username.isBlank(), "the name of a role");
        }
        if (publication != null) {
            of("publication", publication).require(OutboxNames.canBeName(publication), OutboxNames.NAME);
        }
        if (slotName != null) {
            of("slot-name", slotName).require(WalSettings.isSlotName(slotName), WalSettings.SLOT_NAME);
        }
    }

    private static void checkTopics(
            String topic, Map<String, String> topics, @Nullable Integer partitions, @Nullable Short replicationFactor) {
        of("topic", topic).require(Router.isTemplate(topic), TOPIC + ", with {aggregatetype} for the type");
        topics.forEach((type, name) -> of("topics." + type, name).require(Router.isTopic(name), TOPIC));
        if (partitions != null) {
            of("topic-partitions", partitions).requireBetween(1, Integer.MAX_VALUE);
        }
        if (replicationFactor != null) {
            of("topic-replication-factor", replicationFactor).requireBetween((short) 1, Short.MAX_VALUE);
        }
    }

    private static <T extends Comparable<? super T>> PropertyValue<T> of(String property, T value) {
        return PropertyValue.of(PREFIX + "." + property, value);
    }

    /** Leaves out the password. */
    @Override
    public String toString() {
        return "outbox.relay.publication=" + publication + ", outbox.relay.slot-name=" + slotName;
    }
}
