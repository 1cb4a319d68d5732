package dev.fullstate.outbox.test;

import org.junit.jupiter.api.Test;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

import static org.assertj.core.api.Assertions.assertThat;

/** Checks the settings of the containers; {@link ContainersIT} shows their effect where there is Docker. */
class ContainerServicesTest {

    @Test
    void postgresIsReadyForLogicalReplicationOnTheChosenPort() {
        int port = LoopbackPort.anyFree();
        try (PostgreSQLContainer container = ContainerServices.postgresContainer(
                new OutboxTestProperties.Postgres(port, "mirror.example/postgres:17"))) {
            assertThat(container.getImage()).asString().contains("mirror.example/postgres:17");
            assertThat(container.getCommandParts()).startsWith("postgres").contains("wal_level=logical");
            assertThat(container.getPortBindings()).containsExactly("127.0.0.1:" + port + ":5432/tcp");
        }
    }

    @Test
    void kafkaCreatesNoTopicsAndTakesAnyPortByDefault() {
        try (KafkaContainer container =
                ContainerServices.kafkaContainer(new OutboxTestProperties.Kafka(0, "apache/kafka:4.2.1"))) {
            assertThat(container.getEnvMap()).containsEntry("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
            assertThat(container.getPortBindings()).isEmpty();
        }
    }
}
