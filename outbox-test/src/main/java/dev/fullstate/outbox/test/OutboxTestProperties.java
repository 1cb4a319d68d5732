package dev.fullstate.outbox.test;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Configuration of the services that {@link OutboxTestServices} starts.
 *
 * @param services Source of PostgreSQL and Kafka.
 */
@ConfigurationProperties("outbox.test")
record OutboxTestProperties(
        @DefaultValue("embedded") Services services,
        @DefaultValue Postgres postgres,
        @DefaultValue Kafka kafka) {

    private static final int MAX_PORT = 65_535;

    /** Source of the services. */
    enum Services {

        /** From the class path: no Docker, no installation. */
        EMBEDDED,

        /** From Docker images, by Testcontainers. */
        CONTAINERS
    }

    /**
     * PostgreSQL.
     *
     * @param port  Port on the local machine, 0 for any free one.
     * @param image Docker image for containers.
     */
    record Postgres(
            @DefaultValue("0") int port,
            @DefaultValue("postgres:18") String image) {
        Postgres {
            checkPort(PostgresServer.PORT_PROPERTY, port);
            checkImage("outbox.test.postgres.image", image);
        }
    }

    /**
     * Kafka.
     *
     * @param port  Port on the local machine, 0 for any free one.
     * @param image Docker image for containers.
     */
    record Kafka(
            @DefaultValue("0") int port,
            @DefaultValue("apache/kafka:4.2.1") String image) {
        Kafka {
            checkPort(KafkaServer.PORT_PROPERTY, port);
            checkImage("outbox.test.kafka.image", image);
        }
    }

    private static void checkPort(String property, int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new InvalidConfigurationPropertyValueException(
                    property, port, "It has to be between 0 and " + MAX_PORT + ".");
        }
    }

    private static void checkImage(String property, String image) {
        if (image.isBlank()) {
            throw new InvalidConfigurationPropertyValueException(
                    property, image, "It has to be the name of an image, with or without a tag.");
        }
    }
}
