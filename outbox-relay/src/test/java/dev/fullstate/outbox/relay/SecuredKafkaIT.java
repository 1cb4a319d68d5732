package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;

/** Connects the relay's producer, admin client and consumers to a secured broker in each way in which Boot configures a producer. */
class SecuredKafkaIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    static Path folder;

    private static SecuredKafka kafka;

    private OutboxDatabase database;
    private PublishedEvents topic;

    @BeforeAll
    static void startKafka() throws IOException {
        kafka = SecuredKafka.start(folder);
        kafka.certificates().sign("relay", "");
        kafka.setPassword("relay", "secret");
        kafka.allowAll("User:relay");
        kafka.allowAll("User:CN=relay");
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void createDatabase() throws SQLException {
        database = OutboxDatabase.migrated();
        topic = PublishedEvents.of(kafka.open(), SteppedRelay.topic(database, "order"));
    }

    @AfterEach
    void dropSlot() throws SQLException {
        topic.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void bundleOfAllClientsAndScram(Delivery delivery) throws Exception {
        publishes(
                delivery,
                scram("spring.kafka"),
                Map.of("spring.kafka.bootstrap-servers", kafka.withScram(), "spring.kafka.ssl.bundle", "kafka"));
    }

    @ParameterizedTest
    @EnumSource
    void bundleAndScramAndServersOfProducersAlone(Delivery delivery) throws Exception {
        publishes(
                delivery,
                scram("spring.kafka.producer"),
                Map.of(
                        "spring.kafka.producer.bootstrap-servers",
                        kafka.withScram(),
                        "spring.kafka.producer.ssl.bundle",
                        "kafka"));
    }

    @ParameterizedTest
    @EnumSource
    void bundleWithTheCertificateOfTheClient(Delivery delivery) throws Exception {
        publishes(
                delivery,
                Map.of("spring.kafka.bootstrap-servers", kafka.withCertificate()),
                Map.of(
                        "spring.kafka.security.protocol", "SSL",
                        "spring.kafka.ssl.bundle", "kafka",
                        "spring.ssl.bundle.jks.kafka.keystore.location",
                                folder.resolve("relay.p12").toString(),
                        "spring.ssl.bundle.jks.kafka.keystore.password", Certificates.PASSWORD,
                        "spring.ssl.bundle.jks.kafka.keystore.type", "PKCS12"));
    }

    @ParameterizedTest
    @EnumSource
    void passwordInAFileThatAProviderOfKafkaReads(Delivery delivery) throws Exception {
        Path secrets = Files.writeString(folder.resolve("secrets"), "password=secret\n");
        publishes(
                delivery,
                scram("spring.kafka"),
                Map.of(
                        "spring.kafka.bootstrap-servers", kafka.withScram(),
                        "spring.kafka.ssl.bundle", "kafka",
                        "spring.kafka.properties.config.providers", "file",
                        "spring.kafka.properties.config.providers.file.class",
                                "org.apache.kafka.common.config.provider.FileConfigProvider",
                        "spring.kafka.properties.sasl.jaas.config",
                                SecuredKafka.jaas("relay", "\\${file:" + secrets + ":password}")));
    }

    private static Map<String, Object> scram(String prefix) {
        return Map.of(
                prefix + ".security.protocol",
                "SASL_SSL",
                prefix + ".properties.sasl.mechanism",
                SecuredKafka.MECHANISM,
                prefix + ".properties.sasl.jaas.config",
                SecuredKafka.jaas("relay", "secret"));
    }

    /** Publishes from the stream, and after the slot is lost what Kafka does not have yet, for which the relay searches there. */
    private void publishes(Delivery delivery, Map<String, Object> some, Map<String, Object> more) throws Exception {
        Map<String, Object> properties = new HashMap<>(some);
        properties.putAll(more);
        properties.put("outbox.relay.delivery", delivery.name());
        database.insert("a", "1");
        try (ConfigurableApplicationContext relay = run(properties)) {
            database.insert("a", "2");
            topic.await("a", 2, PATIENCE);
            assertThat(relay.getBean(Relay.class).isRunning()).isTrue();
        }
        database.insert("a", "3");
        database.dropSlot();
        try (ConfigurableApplicationContext relay = run(properties)) {
            assertThat(topic.await("a", 3, PATIENCE))
                    .extracting(PublishedEvent::data)
                    .containsExactly("1", "2", "3");
            assertThat(relay.getBean(Relay.class).isRunning()).isTrue();
        }
    }

    private ConfigurableApplicationContext run(Map<String, Object> properties) throws IOException {
        SpringApplication relay = new SpringApplication(RelayApplication.class);
        Map<String, Object> all = new HashMap<>(properties);
        all.put("spring.main.web-application-type", "none");
        all.put("spring.datasource.url", database.url());
        all.put("spring.datasource.username", database.server().username());
        all.put("spring.datasource.password", database.server().password());
        all.put(
                "spring.ssl.bundle.jks.kafka.truststore.location",
                kafka.certificates().trustStore().toString());
        all.put("spring.ssl.bundle.jks.kafka.truststore.password", Certificates.PASSWORD);
        all.put("spring.ssl.bundle.jks.kafka.truststore.type", "PKCS12");
        // A broker that is slow on a busy machine is not a failure.
        all.put("outbox.relay.kafka-timeout", "20s");
        all.put("outbox.relay.wal-sender-timeout", "60s");
        all.put("outbox.relay.slot-name", database.name());
        all.put("outbox.relay.topic", SteppedRelay.topic(database, "{aggregatetype}"));
        all.put("outbox.relay.topic-replication-factor", "1");
        relay.setDefaultProperties(all);
        return relay.run();
    }
}
