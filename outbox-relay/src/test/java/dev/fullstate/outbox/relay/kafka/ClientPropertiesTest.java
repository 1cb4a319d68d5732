package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class ClientPropertiesTest {

    @Test
    void measuredDefaultsHoldIfTheUserSetsNothing() {
        assertThat(producer(Map.of()))
                .containsEntry("compression.type", "lz4")
                .containsEntry("linger.ms", 2)
                .containsEntry("batch.size", 65536)
                .containsEntry("client.id", "outbox-relay-test");
    }

    @Test
    void compressionLingerAndBatchesAreTheUsersChoice() {
        assertThat(producer(Map.of(
                        "compression.type",
                        "zstd",
                        "linger.ms",
                        "0",
                        "batch.size",
                        "1000",
                        "security.protocol",
                        "SSL")))
                .containsEntry("compression.type", "zstd")
                .containsEntry("linger.ms", "0")
                .containsEntry("batch.size", "1000")
                .containsEntry("security.protocol", "SSL");
    }

    @Test
    void settingsThatTheGuaranteesRestOnAreNotTheUsersChoice() {
        Map<String, Object> properties = producer(Map.of(
                "acks",
                "1",
                "enable.idempotence",
                "false",
                "retries",
                0,
                "max.in.flight.requests.per.connection",
                100,
                "transactional.id",
                "tx",
                "value.serializer",
                StringSerializer.class));
        assertThat(properties)
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .containsEntry("retries", Integer.MAX_VALUE)
                .containsEntry("value.serializer", ByteArraySerializer.class)
                .doesNotContainKeys("max.in.flight.requests.per.connection", "transactional.id");
        assertThat(new ProducerConfig(properties).getString("acks")).isEqualTo("-1");
    }

    @Test
    void bufferHoldsAllEventsInFlightAndTheLargestRecord() {
        assertThat(producer(Map.of("max.request.size", 50_000_000)))
                .containsEntry("buffer.memory", 2L * 1024 * 1024 + 50_000_000);
    }

    @Test
    void secretsOfTheClientsAreNotInTheSettingsText() {
        assertThat(settings(Map.of("sasl.jaas.config", "secret"))).asString().doesNotContain("secret");
    }

    private static Map<String, Object> producer(Map<String, Object> user) {
        Map<String, Object> properties = new HashMap<>(user);
        properties.put("bootstrap.servers", "localhost:9092");
        return ClientProperties.producer(settings(properties));
    }

    private static KafkaSettings settings(Map<String, Object> producer) {
        return new KafkaSettings(
                "outbox-relay-test",
                producer,
                Map.of(),
                DataSize.ofMegabytes(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10));
    }
}
