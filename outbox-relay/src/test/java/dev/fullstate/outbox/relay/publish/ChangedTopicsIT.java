package dev.fullstate.outbox.relay.publish;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.Events;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.RelayException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.KafkaSettings;
import dev.fullstate.outbox.relay.kafka.KafkaTopic;
import dev.fullstate.outbox.relay.kafka.TopicLookups;
import dev.fullstate.outbox.relay.observation.ObservedEvents;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Points;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.PublisherSettings.AddedPartitions;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.test.KafkaServer;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Changes, deletes and recreates topics, while the relay runs and while it is down. */
class ChangedTopicsIT {

    private static final int KEYS = 50;

    private static KafkaServer kafka;
    private static Admin admin;

    private final String topic = "events-" + UUID.randomUUID();
    private final String positions = "positions-" + UUID.randomUUID();
    private final AtomicLong nanos = new AtomicLong(1);
    private final AtomicLong lookUps = new AtomicLong();
    private final List<AutoCloseable> open = new ArrayList<>();
    private long position;

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

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void keysStayInTheirPartitionsWhenPartitionsAreAdded(Delivery delivery) throws Exception {
        create(topic, 3, "compact");
        try (Publisher publisher = publisher(delivery, AddedPartitions.IGNORE)) {
            publishAll(publisher);
            addPartitions(topic, 7);
            publishAll(publisher);
            look(publisher);
            // The broker may not know the configuration of a topic yet that was just created.
            assertThat(messages(publisher)).contains("Topic '" + topic + "' has 7 partitions, of which the first 3");
            publishAll(publisher);
        }
        addPartitions(topic, 9);
        try (Publisher publisher = publisher(delivery, AddedPartitions.IGNORE)) {
            publishAll(publisher);
            assertThat(messages(publisher))
                    .containsExactly("Topic '" + topic + "' has 9 partitions, of which the first 3");
        }
        assertThat(partitionsByKey())
                .hasSize(KEYS)
                .allSatisfy(
                        (key, partitions) -> assertThat(partitions).hasSize(1).allMatch(partition -> partition < 3));
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void keysMoveToAddedPartitionsIfTheSettingSaysSoAndStayThere(Delivery delivery) throws Exception {
        create(topic, 3, "compact");
        try (Publisher publisher = publisher(delivery, AddedPartitions.IGNORE)) {
            publishAll(publisher);
        }
        addPartitions(topic, 7);
        try (Publisher publisher = publisher(delivery, AddedPartitions.USE)) {
            publishAll(publisher);
            assertThat(messages(publisher))
                    .containsExactly("Topic '" + topic + "' has 7 partitions, before 3: keys have");
        }
        Map<String, Set<Integer>> moved = partitionsByKey();
        assertThat(moved.values()).anyMatch(partitions -> partitions.size() > 1);
        try (Publisher publisher = publisher(delivery, AddedPartitions.IGNORE)) {
            publishAll(publisher);
            assertThat(publisher.warnings()).isEmpty();
        }
        assertThat(partitionsByKey()).isEqualTo(moved);
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void recreatedTopicIsReportedToLackItsEvents(Delivery delivery) throws Exception {
        create(topic, 3, "compact");
        try (Publisher publisher = publisher(delivery, AddedPartitions.IGNORE)) {
            publishAll(publisher);
            delete(topic);
            create(topic, 1, "delete");
            look(publisher);
            assertThat(messages(publisher))
                    .containsExactly(
                            "Topic '" + topic + "' was deleted and created again, now with 1 ",
                            "Topic '" + topic
                                    + "' has cleanup.policy=delete: the broker removes events by their age, and");
        }
        delete(topic);
        create(topic, 2, "compact,delete");
        try (Publisher publisher = publisher(delivery, AddedPartitions.IGNORE)) {
            publishAll(publisher);
            assertThat(messages(publisher))
                    .containsExactly("Topic '" + topic + "' was deleted and created again, now with 2 ");
        }
        assertThat(partitionsByKey()).hasSize(KEYS);
        try (Publisher publisher = publisher(delivery, AddedPartitions.IGNORE)) {
            publishAll(publisher);
            assertThat(publisher.warnings()).as("reported once").isEmpty();
        }
    }

    @Test
    void deletedTopicIsNoticedAndCreatedAgain() throws Exception {
        try (Publisher publisher = publisher(Delivery.EXACTLY_ONCE, AddedPartitions.IGNORE)) {
            publishAll(publisher);
            delete(topic);
            assertThatThrownBy(() -> look(publisher))
                    .hasMessageContaining("is gone")
                    .satisfies(isOf(FailureKind.RETRY));
        }
        try (Publisher publisher = publisher(Delivery.EXACTLY_ONCE, AddedPartitions.IGNORE)) {
            publishAll(publisher);
            assertThat(messages(publisher)).hasSize(1).allMatch(text -> text.contains("created again"));
        }
    }

    @Test
    void topicOfThePositionsIsRefusedWithSeveralPartitions() throws Exception {
        create(positions, 2, "compact");
        assertThatThrownBy(() -> publisher(Delivery.EXACTLY_ONCE, AddedPartitions.IGNORE))
                .hasMessageContaining("has 2 partitions")
                .satisfies(isOf(FailureKind.PERMANENT));
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void topicOfThePositionsIsRefusedWithAPolicyThatLosesPositions(Delivery delivery) throws Exception {
        for (String policy : List.of("delete", "compact,delete")) {
            delete(positions);
            create(positions, 1, policy);
            assertThatThrownBy(() -> publisher(delivery, AddedPartitions.IGNORE))
                    .hasMessageContaining("cleanup.policy=")
                    .satisfies(isOf(FailureKind.PERMANENT))
                    .satisfies(failure -> assertThat(((RelayException) failure).remedy())
                            .endsWith("--entity-name " + positions + " --add-config cleanup.policy=compact"));
        }
        // Does what the remedy says.
        setPolicy(positions, "compact");
        publishAll(publisher(delivery, AddedPartitions.IGNORE));
    }

    @Test
    void changesOfTheTopicOfThePositionsAreNoticed() throws Exception {
        Publisher publisher = publisher(Delivery.EXACTLY_ONCE, AddedPartitions.IGNORE);
        publishAll(publisher);
        setPolicy(positions, "delete");
        assertThatThrownBy(() -> look(publisher)).hasMessageContaining("cleanup.policy=delete");
        setPolicy(positions, "compact");
        look(publisher);
        addPartitions(positions, 2);
        assertThatThrownBy(() -> look(publisher)).hasMessageContaining("has 2 partitions");
        delete(positions);
        assertThatThrownBy(() -> look(publisher))
                .hasMessageContaining("is gone")
                .satisfies(isOf(FailureKind.RETRY));
        create(positions, 1, "compact");
        assertThatThrownBy(() -> look(publisher))
                .hasMessageContaining("the position is lost")
                .satisfies(isOf(FailureKind.RETRY));
    }

    private static Consumer<Throwable> isOf(FailureKind kind) {
        return failure -> assertThat(((RelayException) failure).kind()).isEqualTo(kind);
    }

    private Publisher publisher(Delivery delivery, AddedPartitions addedPartitions) {
        Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrapServers());
        PublisherSettings settings = new PublisherSettings(
                new KafkaSettings(
                        "changed-topics",
                        client,
                        DataSize.ofMegabytes(1),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(60)),
                delivery,
                positions,
                "dead-letters",
                Duration.ofMillis(50),
                new NewTopics(true, null, null, addedPartitions));
        Publisher publisher = Preparation.of(
                        settings,
                        "ours",
                        counting(Kafka.connect(settings.kafka())),
                        ObservedEvents.none(),
                        CommitThread.of(settings),
                        nanos::get)
                .takeOver();
        open.add(publisher);
        return publisher;
    }

    /** Counts the answers to look-ups that the publisher does not wait for. */
    private Kafka counting(Kafka target) {
        return (Kafka) Proxy.newProxyInstance(
                Kafka.class.getClassLoader(), new Class<?>[] {Kafka.class}, (proxy, method, arguments) -> {
                    Object answer;
                    try {
                        answer = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (method.getName().equals("topics")) {
                        // The publisher gets the answer itself, which is there before it is counted.
                        var unused = ((CompletableFuture<?>) answer)
                                .whenComplete((topics, failure) -> lookUps.incrementAndGet());
                    }
                    return answer;
                });
    }

    /** Publishes an event of each key; returns when all events and the position after them are published. */
    private void publishAll(Publisher publisher) {
        for (int i = 0; i < KEYS; i++) {
            // As the relay does: the order is that of sending only once a partition's first record is acknowledged.
            until(publisher::isReady);
            publisher.publish(
                    new Router(topic, Map.of()).route(Events.with(Map.of(OutboxTable.AGGREGATE_ID, "key-" + i))),
                    () -> {});
        }
        ResumePoint point = Points.at(new Lsn(++position));
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        until(() -> {
            publisher.requireNoFailure();
            publisher.commitIfDue(point, true);
            return publisher.isRecorded();
        });
    }

    /** Lets the time pass after which the publisher looks topics up, until it has noted the answer. */
    private void look(Publisher publisher) {
        ResumePoint point = Points.at(new Lsn(position));
        long before = lookUps.get();
        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        until(() -> {
            publisher.commitIfDue(point, true);
            return lookUps.get() > before;
        });
        publisher.commitIfDue(point, true);
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /** Returns the beginning of each message, as far as the tests expect it. */
    private static List<String> messages(Publisher publisher) {
        return publisher.warnings().stream()
                .map(warning -> warning.message().split("(?<=first 3|keys have|now with [0-9] |age, and)", 2)[0])
                .toList();
    }

    private Map<String, Set<Integer>> partitionsByKey() throws ExecutionException, InterruptedException {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "key.deserializer",
                StringDeserializer.class,
                "value.deserializer",
                StringDeserializer.class,
                "isolation.level",
                "read_committed"));
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            Collection<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(each -> new TopicPartition(topic, each.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            // Not the consumer's own ends: a transaction that is committed may still wait for its markers.
            Map<TopicPartition, ListOffsetsResultInfo> ends = admin.listOffsets(
                            partitions.stream().collect(toMap(identity(), each -> OffsetSpec.latest())))
                    .all()
                    .get();
            Map<String, Set<Integer>> found = new TreeMap<>();
            while (ends.entrySet().stream()
                    .anyMatch(end ->
                            consumer.position(end.getKey()) < end.getValue().offset())) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> found.computeIfAbsent(record.key(), key -> new TreeSet<>())
                                .add(record.partition()));
            }
            return found;
        }
    }

    private static void create(String name, int partitions, String policy)
            throws ExecutionException, InterruptedException {
        NewTopic created = new NewTopic(name, partitions, (short) 1).configs(Map.of("cleanup.policy", policy));
        admin.createTopics(List.of(created)).all().get();
        until(() -> isThere(name));
    }

    private static void delete(String name) throws ExecutionException, InterruptedException {
        if (admin.listTopics().names().get().contains(name)) {
            admin.deleteTopics(List.of(name)).all().get();
            until(() -> !isThere(name));
        }
    }

    /** Returns whether the broker's clients see the topic, which is a moment after its controller has decided. */
    private static boolean isThere(String name) {
        return see(name) != null;
    }

    private static @Nullable KafkaTopic see(String name) {
        return TopicLookups.find(admin, name);
    }

    private static boolean isSeen(String name, Predicate<KafkaTopic> change) {
        KafkaTopic topic = see(name);
        return topic != null && change.test(topic);
    }

    private static void addPartitions(String name, int count) throws ExecutionException, InterruptedException {
        admin.createPartitions(Map.of(name, NewPartitions.increaseTo(count)))
                .all()
                .get();
        until(() -> isSeen(name, topic -> topic.partitionCount() == count));
    }

    private static void setPolicy(String name, String policy) throws ExecutionException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        AlterConfigOp set = new AlterConfigOp(new ConfigEntry("cleanup.policy", policy), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
        until(() -> isSeen(name, topic -> policy.equals(topic.cleanupPolicy())));
    }
}
