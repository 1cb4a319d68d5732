package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows how the relay makes the topic of the positions, and that it stops at a record there that is not a position. */
@SuppressWarnings("FutureReturnValueIgnored") // A producer that is closed, or commits, waits for what was sent.
class PositionTopicIT extends RelayIntegrationTest {

    private static final ConfigResource POSITIONS = new ConfigResource(ConfigResource.Type.TOPIC, "positions");

    /** Confluent Cloud and MSK Serverless refuse some settings of topics, so the relay sets no others. */
    @Test
    void topicOfThePositionsIsMadeWithNoSettingButItsPolicy() throws ExecutionException, InterruptedException {
        try (SteppedRelay relay = SteppedRelay.of(database);
                Admin admin = Admin.create(
                        Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()))) {
            relay.stepUntil(RelayState.STREAMING);
            Config configuration =
                    admin.describeConfigs(List.of(POSITIONS)).all().get().get(POSITIONS);
            assertThat(configuration.entries().stream()
                            .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                            .map(entry -> entry.name() + "=" + entry.value()))
                    .containsExactly("cleanup.policy=compact");
            assertThat(admin.describeTopics(List.of(POSITIONS.name()))
                            .allTopicNames()
                            .get()
                            .get(POSITIONS.name())
                            .partitions())
                    .hasSize(1);
        }
    }

    /** The records are the position, the partitions by which keys are placed, and the aggregates that are parked. */
    @ParameterizedTest
    @CsvSource(
            delimiterString = "|",
            value = {
                "''      | 0/16B3748 timeline=1 publication=16400.735",
                "/topics | outbox.event.order:6",
                "/parked | {'highest':1200,'aggregates':[]}"
            })
    void unreadableRecordStopsTheRelayUntilItIsRemoved(String suffix, String value) throws SQLException {
        String key;
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return database.unnotedCount() == 0;
            });
            key = key(database) + suffix;
        }
        String written = value.replace('\'', '"');
        write(key, written);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().kind()).isEqualTo(FailureKind.PERMANENT);
            assertThat(relay.problem().message()).contains("is not readable: '" + written + "'", key);
            assertThat(relay.problem().remedy())
                    .contains("echo '" + key + "|NULL' | kafka-console-producer.sh", "--topic positions");
            database.insert("a", "2");

            // Does what the remedy says.
            write(key, null);
            relay.stepUntil(RelayState.STREAMING);
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    /** People who move a pipeline may copy the record of another one. */
    @Test
    void positionOfAnotherDatabaseIsComparedWithThisOneAndNothingIsLostOrRepeated() throws SQLException {
        String other;
        try (OutboxDatabase another = OutboxDatabase.migrated();
                PublishedEvents topicOfAnother = PublishedEvents.of(
                        SharedServers.kafka().bootstrapServers(), SteppedRelay.topic(another, "order"));
                SteppedRelay relay = SteppedRelay.of(another)) {
            relay.stepUntil(RelayState.STREAMING);
            another.insert("a", "1");
            relay.stepUntil(topicOfAnother, 1);
            other = key(another);
        }
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return database.unnotedCount() == 0;
            });
        }
        database.insert("a", "2");
        write(key(database), last(other));
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(() -> relay.status().warnings().stream()
                    .anyMatch(warning -> warning.message().contains("the publication was replaced or altered")));
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "3");
            relay.stepUntil(topic, 3);
        }
        assertThat(published()).containsExactly("1", "2", "3");
    }

    private static String key(OutboxDatabase database) throws SQLException {
        return database.query("select system_identifier from pg_control_system()") + "-" + database.name();
    }

    /** Returns the last value of a key. */
    private static String last(String key) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(POSITIONS.name(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            AtomicReference<String> found = new AtomicReference<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    if (key.equals(record.key())) {
                        found.set(record.value());
                    }
                });
            }
            return Objects.requireNonNull(found.get());
        }
    }

    private static void write(String key, @Nullable String value) {
        try (Producer<String, @Nullable String> producer = new KafkaProducer<>(Map.of(
                "bootstrap.servers", SharedServers.kafka().bootstrapServers(),
                "key.serializer", StringSerializer.class,
                "value.serializer", StringSerializer.class))) {
            producer.send(new ProducerRecord<>("positions", key, value));
        }
    }
}
