package dev.fullstate.outbox.test;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@link OutboxTestServices} starts.
 *
 * @param services Where PostgreSQL and Kafka come from.
 */
@ConfigurationProperties("outbox.test")
record OutboxTestProperties(
        @DefaultValue("embedded") Services services,
        @DefaultValue Postgres postgres,
        @DefaultValue Kafka kafka) {

    /** Where the services come from. */
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
            @DefaultValue("postgres:18") String image) {}

    /**
     * Kafka.
     *
     * @param port  Port on the local machine, 0 for any free one.
     * @param image Docker image for containers.
     */
    record Kafka(
            @DefaultValue("0") int port,
            @DefaultValue("apache/kafka:4.2.1") String image) {}
}
