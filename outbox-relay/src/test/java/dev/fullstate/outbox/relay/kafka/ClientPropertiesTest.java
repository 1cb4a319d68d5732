package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
    void batchesOfATransactionMayGrowBecauseItsCommitSendsThem() {
        assertThat(ClientProperties.transactionalProducer(settings(Map.of()), "tx"))
                .containsEntry("linger.ms", 50)
                .containsEntry("batch.size", 65536);
        assertThat(ClientProperties.transactionalProducer(settings(Map.of("linger.ms", "0")), "tx"))
                .containsEntry("linger.ms", "0");
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

    @Test
    void otherClientsConnectAsTheProducerWithAllThatAClassOfTheUsersReads() {
        KafkaSettings settings = settings(Map.of(
                "bootstrap.servers", "broker:1",
                "security.protocol", "SASL_SSL",
                "ssl.engine.factory.class", "com.example.Engine",
                "com.example.Engine.bundle", this,
                "config.providers", "file",
                "config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider"));
        assertThat(ClientProperties.admin(settings))
                .containsAllEntriesOf(settings.producer().get());
        assertThat(consumer(settings)).containsAllEntriesOf(settings.producer().get());
    }

    @Test
    void otherClientsHaveNoneOfTheProducersOwnProperties() {
        KafkaSettings settings = settings(Map.of(
                "interceptor.classes", "com.example.Interceptor", "linger.ms", 5, "retries", 0, "group.id", "orders"));
        assertThat(ClientProperties.admin(settings))
                .doesNotContainKeys("interceptor.classes", "linger.ms", "retries", "value.serializer");
        assertThat(consumer(settings)).doesNotContainKeys("interceptor.classes", "linger.ms", "retries", "group.id");
    }

    @Test
    void settingsForAdminClientsPrevailForAllButTheProducer() {
        KafkaSettings settings = new KafkaSettings(
                "outbox-relay-test",
                () -> Map.of("bootstrap.servers", "broker:1", "security.protocol", "SSL"),
                Map.of("bootstrap.servers", "broker:2", "request.timeout.ms", 300),
                DataSize.ofMegabytes(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10));
        assertThat(ClientProperties.producer(settings)).containsEntry("bootstrap.servers", "broker:1");
        for (Map<String, Object> client : List.of(ClientProperties.admin(settings), consumer(settings))) {
            assertThat(client)
                    .containsEntry("bootstrap.servers", "broker:2")
                    .containsEntry("request.timeout.ms", 300)
                    .containsEntry("security.protocol", "SSL");
        }
    }

    @Test
    void eachConnectionHasThePasswordOfItsTime() {
        AtomicReference<String> password = new AtomicReference<>("old");
        KafkaSettings settings = new KafkaSettings(
                "outbox-relay-test",
                () -> Map.of("sasl.jaas.config", password.get()),
                Map.of(),
                DataSize.ofMegabytes(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10));
        password.set("new");
        assertThat(ClientProperties.producer(settings)).containsEntry("sasl.jaas.config", "new");
        assertThat(ClientProperties.admin(settings)).containsEntry("sasl.jaas.config", "new");
        assertThat(consumer(settings)).containsEntry("sasl.jaas.config", "new");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Module required username=\"orders relay\" password=\"secret\";",
                "Module required password='secret' username='orders relay';",
                "Module required\n  username = \"orders relay\"\n  password=secret;"
            })
    void userIsNamedByTheLogin(String login) {
        assertThat(ClientProperties.user(Map.of("sasl.jaas.config", login))).isEqualTo("orders relay");
        assertThat(ClientProperties.user(Map.of("sasl.jaas.config", new Password(login))))
                .isEqualTo("orders relay");
    }

    @Test
    void clientWithoutAPasswordHasNoUser() {
        assertThat(ClientProperties.user(Map.of())).isNull();
        assertThat(ClientProperties.user(Map.of("sasl.jaas.config", "OAuthBearerLoginModule required;")))
                .isNull();
    }

    private static Map<String, Object> consumer(KafkaSettings settings) {
        return ClientProperties.consumer(settings, IsolationLevel.READ_COMMITTED);
    }

    private static Map<String, Object> producer(Map<String, Object> user) {
        Map<String, Object> properties = new HashMap<>(user);
        properties.put("bootstrap.servers", "localhost:9092");
        return ClientProperties.producer(settings(properties));
    }

    private static KafkaSettings settings(Map<String, Object> producer) {
        return new KafkaSettings(
                "outbox-relay-test", producer, DataSize.ofMegabytes(1), Duration.ofSeconds(5), Duration.ofSeconds(10));
    }
}
