package dev.fullstate.outbox.relay;

import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import dev.fullstate.outbox.harness.server.SharedServers;

/** A database with an outbox, the topic of its events, and the topic of its dead letters. */
abstract class PoisonTest extends RelayIntegrationTest {

    /** A producer for which an event of 10,000 characters is too large. */
    static final Map<String, Object> SMALL = Map.of("max.request.size", 10_000);

    DeadLetters letters;

    @BeforeEach
    void openLetters() {
        letters = new DeadLetters(SharedServers.kafka().bootstrapServers(), SteppedRelay.deadLetters(database));
    }

    @AfterEach
    void closeLetters() {
        letters.close();
    }
}
