package dev.fullstate.outbox.relay;

import dev.fullstate.outbox.test.KafkaServer;
import dev.fullstate.outbox.test.PostgresServer;

/** One PostgreSQL and one Kafka for all tests of this JVM; they end with it. Tests keep apart by database, slot and topic. */
final class Servers {

    static final PostgresServer POSTGRES = PostgresServer.start();
    static final KafkaServer KAFKA = KafkaServer.start();

    private Servers() {}
}
