package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.harness.server.SharedServers;

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

    @Test
    void unreadablePositionStopsTheRelayUntilItIsRemoved() throws SQLException {
        String key;
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            key = database.query("select system_identifier from pg_control_system()") + "-" + database.name();
        }
        write(key, "written by nobody");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("is not readable: 'written by nobody'", key);
            assertThat(relay.problem().remedy())
                    .contains("echo '" + key + "|NULL' | kafka-console-producer.sh", "--topic positions");
            database.insert("a", "2");

            // Does what the remedy says.
            write(key, null);
            relay.stepUntil(RelayState.STREAMING);
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).contains("1", "2");
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
