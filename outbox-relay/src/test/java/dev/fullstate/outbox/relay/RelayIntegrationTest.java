package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

/** A database with an outbox, and the topic of its events. */
abstract class RelayIntegrationTest {

    OutboxDatabase database;
    PublishedEvents topic;

    @BeforeEach
    void createDatabase() throws SQLException {
        database = OutboxDatabase.migrated();
        topic = PublishedEvents.of(SharedServers.kafka().bootstrapServers(), SteppedRelay.topic(database, "order"));
    }

    @AfterEach
    void dropSlot() throws SQLException {
        topic.close();
        database.close();
    }

    /** The data of all events, in the order of the topic, which has one partition. */
    List<String> published() {
        return topic.all().stream().map(PublishedEvent::data).toList();
    }
}
