package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A database with an outbox, and the topic of its events. */
abstract class RelayIntegrationTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

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

    /** The arguments with which a relay of its own process publishes this database's outbox. */
    List<String> connectionArguments() {
        return List.of(
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=" + database.server().username(),
                "--spring.datasource.password=" + database.server().password(),
                "--spring.kafka.bootstrap-servers=" + SharedServers.kafka().bootstrapServers(),
                "--outbox.relay.slot-name=" + database.name(),
                "--outbox.relay.topic=" + SteppedRelay.topic(database, "{aggregatetype}"));
    }

    /** The data of all events, in the order of the topic, which has one partition. */
    List<String> published() {
        return topic.all().stream().map(PublishedEvent::data).toList();
    }

    /** Waits until consumers can read just these events: a transaction is committed a moment before they can. */
    void awaitPublished(String... data) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(published()).containsExactly(data));
    }

    /** Waits until consumers can read that many events. */
    void awaitPublished(int count) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(published()).hasSize(count));
    }
}
