package dev.fullstate.outbox.test;

import java.util.List;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** Containers as connection details that stop them when they are closed. */
final class ContainerServices {

    private static final int POSTGRES_PORT = 5432;
    private static final int KAFKA_PORT = 9092;

    private ContainerServices() {}

    static JdbcConnectionDetails postgres(OutboxTestProperties.Postgres properties) {
        PostgreSQLContainer container = postgresContainer(properties);
        container.start();
        return new Postgres(container);
    }

    static KafkaConnectionDetails kafka(OutboxTestProperties.Kafka properties) {
        KafkaContainer container = kafkaContainer(properties);
        container.start();
        return new Kafka(container);
    }

    static PostgreSQLContainer postgresContainer(OutboxTestProperties.Postgres properties) {
        LoopbackPort.free(properties.port(), "PostgreSQL", PostgresServer.PORT_PROPERTY);
        DockerImageName image = DockerImageName.parse(properties.image()).asCompatibleSubstituteFor("postgres");
        PostgreSQLContainer container = new PostgreSQLContainer(image)
                .withCommand(
                        "postgres",
                        "-c",
                        "fsync=off",
                        "-c",
                        "wal_level=logical",
                        "-c",
                        "max_wal_senders=16",
                        "-c",
                        "max_replication_slots=16");
        return published(container, properties.port(), POSTGRES_PORT);
    }

    static KafkaContainer kafkaContainer(OutboxTestProperties.Kafka properties) {
        LoopbackPort.free(properties.port(), "Kafka", KafkaServer.PORT_PROPERTY);
        DockerImageName image = DockerImageName.parse(properties.image()).asCompatibleSubstituteFor("apache/kafka");
        KafkaContainer container = new KafkaContainer(image).withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
        return published(container, properties.port(), KAFKA_PORT);
    }

    private static <C extends GenericContainer<C>> C published(C container, int port, int containerPort) {
        if (port != 0) {
            container.setPortBindings(List.of("%s:%d:%d".formatted(LoopbackPort.HOST, port, containerPort)));
        }
        return container;
    }

    private record Postgres(PostgreSQLContainer container) implements JdbcConnectionDetails, AutoCloseable {

        @Override
        public String getJdbcUrl() {
            return container.getJdbcUrl();
        }

        @Override
        public String getUsername() {
            return container.getUsername();
        }

        @Override
        public String getPassword() {
            return container.getPassword();
        }

        @Override
        public void close() {
            container.stop();
        }
    }

    private record Kafka(KafkaContainer container) implements KafkaConnectionDetails, AutoCloseable {

        @Override
        public List<String> getBootstrapServers() {
            return List.of(container.getBootstrapServers());
        }

        @Override
        public void close() {
            container.stop();
        }
    }
}
