package dev.fullstate.outbox.test;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class KafkaServerTest {

    @Test
    void servesTransactions() throws Exception {
        try (KafkaServer server = KafkaServer.start()) {
            createTopic(server, "orders");
            try (KafkaProducer<String, String> producer = producer(server, Map.of("transactional.id", "t"))) {
                producer.initTransactions();
                producer.beginTransaction();
                long offset = producer.send(new ProducerRecord<>("orders", "k", "v"))
                        .get()
                        .offset();
                producer.commitTransaction();
                assertThat(offset).isZero();
            }
        }
    }

    @Test
    void brokersLiveSideBySideAndOneAfterTheOther() throws Exception {
        try (KafkaServer survivor = KafkaServer.start()) {
            try (KafkaServer other = KafkaServer.start()) {
                createTopic(survivor, "here");
                createTopic(other, "there");
                assertThat(topics(survivor)).containsExactly("here");
                assertThat(topics(other)).containsExactly("there");
            }
            createTopic(survivor, "later");
            assertThat(topics(survivor)).containsExactlyInAnyOrder("here", "later");
        }
        try (KafkaServer successor = KafkaServer.start()) {
            assertThat(topics(successor)).isEmpty();
        }
    }

    @Test
    void writingDoesNotCreateATopic() {
        try (KafkaServer server = KafkaServer.start();
                KafkaProducer<String, String> producer = producer(server, Map.of("max.block.ms", 500))) {
            assertThatThrownBy(() ->
                            producer.send(new ProducerRecord<>("missing", "v")).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class)
                    .hasMessageContaining("missing");
        }
    }

    @Test
    void settingsTakeThePlaceOfDefaultsOnTheChosenPort() throws Exception {
        int port = LoopbackPort.anyFree();
        try (KafkaServer server = KafkaServer.start(port, Map.of("num.partitions", "3"))) {
            assertThat(server.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            createTopic(server, "orders");
            try (Admin admin = admin(server)) {
                assertThat(admin.describeTopics(List.of("orders"))
                                .allTopicNames()
                                .get())
                        .hasEntrySatisfying(
                                "orders",
                                orders -> assertThat(orders.partitions()).hasSize(3));
            }
        }
    }

    @Test
    void portInUseNamesServicePortAndProperty() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            assertThatThrownBy(() -> KafkaServer.start(taken.getLocalPort(), Map.of()))
                    .isInstanceOf(ServicePortInUseException.class)
                    .hasMessageContaining("Kafka")
                    .hasMessageContaining(":" + taken.getLocalPort())
                    .hasMessageContaining("outbox.test.kafka.port");
        }
    }

    @Test
    void refusedSettingIsNamed() {
        assertThatThrownBy(() -> KafkaServer.start(0, Map.of("num.io.threads", "none")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("num.io.threads");
    }

    @Test
    void closingAgainHasNoEffect() {
        KafkaServer closed = KafkaServer.start();
        closed.close();
        assertThatCode(closed::close).doesNotThrowAnyException();
    }

    private static void createTopic(KafkaServer server, String name) throws Exception {
        try (Admin admin = admin(server)) {
            admin.createTopics(List.of(new NewTopic(name, Optional.empty(), Optional.empty())))
                    .all()
                    .get();
        }
        // The broker tells its clients a moment after its controller has decided.
        await().atMost(Duration.ofMinutes(2)).until(() -> topics(server).contains(name));
    }

    private static Set<String> topics(KafkaServer server) throws Exception {
        try (Admin admin = admin(server)) {
            return admin.listTopics().names().get();
        }
    }

    private static Admin admin(KafkaServer server) {
        return Admin.create(Map.of("bootstrap.servers", server.bootstrapServers()));
    }

    private static KafkaProducer<String, String> producer(KafkaServer server, Map<String, Object> settings) {
        Map<String, Object> configuration = new HashMap<>(settings);
        configuration.put("bootstrap.servers", server.bootstrapServers());
        return new KafkaProducer<>(configuration, new StringSerializer(), new StringSerializer());
    }
}
