package dev.fullstate.outbox.harness.server;

import dev.fullstate.outbox.test.KafkaServer;
import dev.fullstate.outbox.test.PostgresServer;

/**
 * One PostgreSQL and one Kafka for all tests of a JVM. Each starts when a test first asks for it and ends with the JVM, so no test closes
 * it. Tests keep apart by database, role, slot and topic; a test that stops a server, or needs settings of its own, starts one of its own.
 */
public final class SharedServers {

    private SharedServers() {}

    public static PostgresServer postgres() {
        return Postgres.SERVER;
    }

    public static KafkaServer kafka() {
        return Kafka.SERVER;
    }

    private static final class Postgres {

        private static final PostgresServer SERVER = PostgresServer.start();
    }

    private static final class Kafka {

        private static final KafkaServer SERVER = KafkaServer.start();
    }
}
