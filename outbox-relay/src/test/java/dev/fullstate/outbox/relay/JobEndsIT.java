package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.harness.server.SharedServers;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that the relay notes up to where a consumer has to read for a republish job that has ended, and never too early. */
class JobEndsIT extends RelayIntegrationTest {

    private final UUID job = UUID.randomUUID();

    /** Ends a job, as the service that writes to the outbox does. */
    private void endJob(String state) throws SQLException {
        database.execute("insert into outbox_job (id, kind, state, requested_by, finished_at) values ('" + job
                + "', 'republish', '"
                + state
                + "', 'test', now()); insert into outbox_job_slice (job_id, aggregate_type, pass) values"
                + " ('"
                + job + "', 'order', 'DONE')");
    }

    private String end() throws SQLException {
        return Objects.requireNonNullElse(
                database.query(
                        "select string_agg(e ->> 'topic' || '-' || (e ->> 'partition') || '@' || (e ->> 'offset'), ' ')"
                                + " from outbox_job_end, jsonb_array_elements(offsets) as e where job_id = '"
                                + job + "'"),
                "nothing");
    }

    private void stepUntilNoted(SteppedRelay relay) {
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofSeconds(1));
            return isNoted();
        });
    }

    private boolean isNoted() throws SQLException {
        return database.query("select 1 from outbox_job_end where job_id = '" + job + "'") != null;
    }

    private void insert(int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            database.insert("a", "" + i);
        }
    }

    private String topicName() {
        return SteppedRelay.topic(database, "order");
    }

    /** The commit marker of a transaction follows its last record. */
    @Test
    void endOfAJobIsTheOffsetAfterItsLastRecordAndNotAfterTheMarker() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            insert(3);
            endJob("COMPLETED");
            stepUntilNoted(relay);
        }
        assertThat(topic.all()).hasSize(3);
        long last = topic.all().get(2).offset();
        assertThat(end()).isEqualTo(topicName() + "-0@" + (last + 1));
    }

    @Test
    void endOfAJobIsTheOffsetAfterItsLastRecordWithDeliveryAtLeastOnce() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.atLeastOnce(database)) {
            relay.stepUntil(RelayState.STREAMING);
            insert(3);
            endJob("FAILED");
            stepUntilNoted(relay);
        }
        assertThat(end()).isEqualTo(topicName() + "-0@3");
    }

    @Test
    void endOfAJobIsNotNotedBeforeItsEventsArePublished() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.keepingEventsBack(database)) {
            relay.stepUntil(RelayState.STREAMING);
            insert(1);
            endJob("COMPLETED");
            relay.stepUntil(
                    () -> relay.progress().received().isAfter(relay.progress().published()));
            for (int i = 0; i < 60; i++) {
                relay.moveTime(Duration.ofSeconds(1));
                relay.step();
            }
            boolean noted = isNoted();
            // Otherwise the relay would wait for the event when it is closed.
            database.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);
            assertThat(noted).isFalse();
        }
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            stepUntilNoted(relay);
        }
        assertThat(published()).containsExactly("0");
        assertThat(end()).isEqualTo(topicName() + "-0@" + (topic.all().get(0).offset() + 1));
    }

    @Test
    void relayThatHasPublishedNothingItselfFindsTheEndOfAJob() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            insert(2);
            relay.stepUntil(topic, 2);
        }
        endJob("COMPLETED");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            stepUntilNoted(relay);
        }
        assertThat(end()).isEqualTo(topicName() + "-0@" + (topic.all().get(1).offset() + 1));
    }

    @Test
    void jobWithoutEventsIsNotedWithoutOffsets() throws SQLException {
        endJob("COMPLETED");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            stepUntilNoted(relay);
        }
        assertThat(end()).isEqualTo("nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CANCELLED", "PAUSED", "RUNNING"})
    void jobThatDidNotFinishHasNoEnd(String state) throws SQLException {
        endJob(state);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            insert(1);
            relay.stepUntil(topic, 1);
            for (int i = 0; i < 60; i++) {
                relay.moveTime(Duration.ofSeconds(1));
                relay.step();
            }
        }
        assertThat(isNoted()).isFalse();
    }

    /** Aborted records of a predecessor may lie behind the last committed one, in any number. */
    @Test
    void endOfAJobIsFoundBeforeManyAbortedRecords() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            insert(1);
            relay.stepUntil(topic, 1);
            abortRecords(300);
            endJob("COMPLETED");
            stepUntilNoted(relay);
        }
        assertThat(end()).isEqualTo(topicName() + "-0@" + (topic.all().get(0).offset() + 1));
    }

    private void abortRecords(int count) {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                SharedServers.kafka().bootstrapServers(),
                "transactional.id",
                "aborts-" + database.name());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(new ProducerRecord<>(topicName(), "a", "aborted")));
            }
            producer.flush();
            assertThat(sent).allMatch(Future::isDone);
            producer.abortTransaction();
        }
    }

    @Test
    void jobRemovedBeforeItsEndIsNotedIsForgotten() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database);
                Connection other = database.connect()) {
            relay.stepUntil(RelayState.STREAMING);
            endJob("COMPLETED");
            UUID removed = UUID.randomUUID();
            try (var statement = other.createStatement()) {
                statement.execute("insert into outbox_job (id, kind, state, requested_by, finished_at) values ('"
                        + removed + "', 'republish', 'COMPLETED', 'test', now() - interval '1 hour')");
                relay.moveTime(Duration.ofSeconds(2));
                relay.step();
                statement.execute("delete from outbox_job where id = '" + removed + "'");
            }
            stepUntilNoted(relay);
        }
        assertThat(database.query("select count(*) from outbox_job_end")).isEqualTo("1");
    }
}
