package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.test.KafkaServer;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;

/** The topic of the positions loses its records, and all else stays: no event is lost, repeated or overtaken, and the relay says so. */
class WipedPositionTopicIT {

    private static final TopicPartition POSITIONS = new TopicPartition("positions", 0);

    private static KafkaServer kafka;
    private static Admin admin;

    private OutboxDatabase database;
    private PublishedEvents topic;

    /** The ways in which a position is lost. */
    private enum Loss {
        TOPIC_DELETED {
            @Override
            void happen() throws ExecutionException, InterruptedException {
                admin.deleteTopics(List.of(POSITIONS.topic())).all().get();
            }
        },
        TOPIC_CREATED_AGAIN {
            @Override
            void happen() throws ExecutionException, InterruptedException {
                TOPIC_DELETED.happen();
                admin.createTopics(List.of(new NewTopic(POSITIONS.topic(), 1, (short) 1)
                                .configs(Map.of("cleanup.policy", "compact"))))
                        .all()
                        .get();
            }
        },
        /** Kafka refuses that for a topic that is compacted, so somebody has to change the policy, and changes it back. */
        RECORDS_DELETED {
            @Override
            void happen() throws ExecutionException, InterruptedException {
                setPolicy("delete");
                long end = admin.listOffsets(Map.of(POSITIONS, OffsetSpec.latest()))
                        .partitionResult(POSITIONS)
                        .get()
                        .offset();
                admin.deleteRecords(Map.of(POSITIONS, RecordsToDelete.beforeOffset(end)))
                        .all()
                        .get();
                setPolicy("compact");
            }
        };

        private static void setPolicy(String policy) throws ExecutionException, InterruptedException {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, POSITIONS.topic()),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("cleanup.policy", policy), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }

        abstract void happen() throws ExecutionException, InterruptedException;
    }

    static Stream<Arguments> losses() {
        return Stream.of(Loss.values())
                .flatMap(loss -> Stream.of(Delivery.values()).map(delivery -> Arguments.of(loss, delivery)));
    }

    @BeforeAll
    static void start() {
        kafka = KafkaServer.start();
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        kafka.close();
    }

    @BeforeEach
    void createDatabase() throws SQLException {
        database = OutboxDatabase.migrated();
        topic = PublishedEvents.of(kafka.bootstrapServers(), SteppedRelay.topic(database, "order"));
    }

    @AfterEach
    void close() throws SQLException {
        topic.close();
        database.close();
    }

    private SteppedRelay relay(Delivery delivery) {
        return SteppedRelay.treating(
                PoisonPolicy.all(Poison.PARK),
                database,
                delivery,
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.request.size", 10_000));
    }

    private void tooLarge(String aggregateId) throws SQLException {
        database.insert(aggregateId, "x".repeat(10_000));
    }

    private List<String> published() {
        return topic.all().stream().map(PublishedEvent::data).toList();
    }

    private void stepUntilParked(SteppedRelay relay, String expected) {
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(100));
            return expected.equals(Objects.requireNonNullElse(
                    database.query(
                            "select string_agg(aggregateid || ':' || event_count, ' ' order by aggregateid) from outbox_parked"),
                    ""));
        });
    }

    private void stepUntilNoted(SteppedRelay relay) {
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofSeconds(1));
            return database.unnotedCount() == 0;
        });
    }

    /** Publishes events of one aggregate, gives one of another up, and leaves a third one parked. */
    private void publishParkAndGiveUp(Delivery delivery) throws SQLException {
        try (SteppedRelay relay = relay(delivery)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "a1");
            tooLarge("skipped");
            database.insert("skipped", "s2");
            stepUntilParked(relay, "skipped:2");
            database.ask("skip");
            stepUntilParked(relay, "");
            tooLarge("parked");
            database.insert("parked", "p2");
            database.insert("a", "a2");
            stepUntilParked(relay, "parked:2");
            relay.stepUntil(topic, 3);
            stepUntilNoted(relay);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void eventsAreThereOnceAndWhatWaitedStillWaitsIfThePositionIsLostWhileNoRelayRuns(Loss loss, Delivery delivery)
            throws Exception {
        publishParkAndGiveUp(delivery);
        loss.happen();
        database.insert("a", "a3");
        database.insert("parked", "p3");
        try (SteppedRelay relay = relay(delivery)) {
            stepUntilWarned(relay, "the topic of the positions was emptied");
            relay.stepUntil(topic, 4);
            stepUntilParked(relay, "parked:3");
            database.ask("skip");
            stepUntilParked(relay, "");
            relay.stepUntil(topic, 6);
        }
        assertThat(published()).containsExactly("a1", "s2", "a2", "a3", "p2", "p3");
    }

    @ParameterizedTest
    @CsvSource({
        "TOPIC_CREATED_AGAIN, EXACTLY_ONCE",
        "TOPIC_CREATED_AGAIN, AT_LEAST_ONCE",
        "RECORDS_DELETED, EXACTLY_ONCE",
        "RECORDS_DELETED, AT_LEAST_ONCE"
    })
    void andIfItIsLostWhileARelayRuns(Loss loss, Delivery delivery) throws Exception {
        losesThePositionWhileARelayRuns(loss, delivery);
    }

    /** The producer waits for a topic that is gone. */
    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void andIfTheTopicIsGoneWhileARelayRuns(Delivery delivery) throws Exception {
        losesThePositionWhileARelayRuns(Loss.TOPIC_DELETED, delivery);
    }

    private void losesThePositionWhileARelayRuns(Loss loss, Delivery delivery) throws Exception {
        publishParkAndGiveUp(delivery);
        try (SteppedRelay relay = relay(delivery)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "a3");
            relay.stepUntil(topic, 4);
            loss.happen();
            database.insert("a", "a4");
            database.insert("parked", "p3");
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return published().contains("a4");
            });
        }
        database.insert("a", "a5");
        try (SteppedRelay relay = relay(delivery)) {
            relay.stepUntil(() -> published().contains("a5"));
            stepUntilParked(relay, "parked:3");
            database.ask("skip");
            stepUntilParked(relay, "");
            relay.stepUntil(topic, 8);
        }
        assertThat(published()).containsExactly("a1", "s2", "a2", "a3", "a4", "a5", "p2", "p3");
    }

    @Test
    void relayThatHasLostThePositionSaysThatKeysMayMoveToPartitionsThatWereAdded() throws Exception {
        publishParkAndGiveUp(Delivery.EXACTLY_ONCE);
        addPartitions();
        Loss.TOPIC_DELETED.happen();
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            stepUntilWarned(relay, "where partitions were added, keys move");
        }
    }

    @Test
    void soDoesARelayThatHasLostOnlyTheRecordOfTheTopics() throws Exception {
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "a1");
            relay.stepUntil(topic, 1);
            Loss.RECORDS_DELETED.happen();
            database.insert("a", "a2");
            relay.stepUntil(topic, 2);
        }
        addPartitions();
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            stepUntilWarned(relay, "Where partitions were added, keys move");
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "a3");
            relay.stepUntil(() -> published().contains("a3"));
        }
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "a4");
            relay.stepUntil(() -> published().contains("a4"));
            assertThat(relay.status().warnings()).as("once").isEmpty();
        }
        assertThat(published()).containsExactlyInAnyOrder("a1", "a2", "a3", "a4");
    }

    private void addPartitions() throws ExecutionException, InterruptedException {
        admin.createPartitions(Map.of(SteppedRelay.topic(database, "order"), NewPartitions.increaseTo(4)))
                .all()
                .get();
    }

    private static void stepUntilWarned(SteppedRelay relay, String text) {
        relay.stepUntil(() -> relay.status().warnings().stream()
                .anyMatch(warning -> warning.message().contains(text)));
    }
}
