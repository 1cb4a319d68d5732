package dev.fullstate.outbox.test;

import java.util.List;
import java.util.Map;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;

/** Services of this module as connection details that stop them when they are closed. */
final class EmbeddedServices {

    private EmbeddedServices() {}

    static JdbcConnectionDetails postgres(OutboxTestProperties.Postgres properties) {
        return new Postgres(PostgresServer.start(properties.port(), Map.of()));
    }

    static KafkaConnectionDetails kafka(OutboxTestProperties.Kafka properties) {
        return new Kafka(KafkaServer.start(properties.port(), Map.of()));
    }

    private record Postgres(PostgresServer server) implements JdbcConnectionDetails, AutoCloseable {

        @Override
        public String getJdbcUrl() {
            return server.jdbcUrl();
        }

        @Override
        public String getUsername() {
            return server.username();
        }

        @Override
        public String getPassword() {
            return server.password();
        }

        @Override
        public void close() {
            server.close();
        }
    }

    private record Kafka(KafkaServer server) implements KafkaConnectionDetails, AutoCloseable {

        @Override
        public List<String> getBootstrapServers() {
            return List.of(server.bootstrapServers());
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
