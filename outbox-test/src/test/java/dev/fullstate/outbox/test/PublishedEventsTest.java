package dev.fullstate.outbox.test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class PublishedEventsTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static KafkaServer kafka;
    private static Admin admin;

    private final String topic = "orders-" + UUID.randomUUID();
    private KafkaProducer<String, String> producer;
    private PublishedEvents events;

    @BeforeAll
    static void startKafka() {
        kafka = KafkaServer.start();
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @AfterAll
    static void stopKafka() {
        admin.close();
        kafka.close();
    }

    @BeforeEach
    void open() {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", topic),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
        events = PublishedEvents.of(kafka.bootstrapServers(), topic);
    }

    @AfterEach
    void close() {
        events.close();
        producer.close();
    }

    @Test
    void deleteIsReadWithItsHeaders() throws Exception {
        createTopic(1);
        publish(event("o1", "create", "{\"status\":\"PAID\"}"), event("o1", "delete", null));

        List<PublishedEvent> published = events.await("o1", 2, TIMEOUT);

        assertThat(published).extracting(PublishedEvent::data).containsExactly("{\"status\":\"PAID\"}", null);
        assertThat(published).extracting(PublishedEvent::offset).containsExactly(0L, 1L);
        PublishedEvent delete = published.get(1);
        assertThat(delete.key()).isEqualTo("o1");
        assertThat(delete.headers()).containsEntry("ce_operation", "delete").containsEntry("ce_specversion", "1.0");
        assertThat(delete.cloudEvent().getExtension("operation")).isEqualTo("delete");
        assertThat(delete.cloudEvent().getSubject()).isEqualTo("o1");
        assertThat(delete.cloudEvent().getData()).isNull();
    }

    @Test
    void eventsOfOtherKeysDoNotCount() throws Exception {
        createTopic(1);
        publish(event("o1", "create", "{}"), event("o2", "create", "{}"));
        events.await("o2", 1, TIMEOUT);

        assertThatThrownBy(() -> events.await("o1", 2, Duration.ofMillis(300)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Expected 2 events with key o1")
                .hasMessageContaining("found 1")
                .hasMessageContaining("o2=1");
    }

    @Test
    void waitsForATopicThatIsCreatedLater() throws Exception {
        assertThat(events.all()).isEmpty();
        CompletableFuture<List<PublishedEvent>> awaited =
                CompletableFuture.supplyAsync(() -> events.await("o1", 1, TIMEOUT));

        createTopic(1);
        publish(event("o1", "create", "{}"));

        assertThat(awaited.get(2, TimeUnit.MINUTES)).hasSize(1);
    }

    @Test
    void allReadsEveryPartitionUpToNowAndRemembers() throws Exception {
        createTopic(3);
        publish(
                event("a", "create", "1"),
                event("b", "create", "2"),
                event("c", "create", "3"),
                event("d", "create", "4"));
        awaitReadable(4);
        assertThat(events.all()).extracting(PublishedEvent::data).containsExactlyInAnyOrder("1", "2", "3", "4");

        publish(event("a", "update", "5"));

        awaitReadable(5);
        assertThat(events.all()).extracting(PublishedEvent::data).containsExactlyInAnyOrder("1", "2", "3", "4", "5");
    }

    @Test
    void partitionsAddedLaterAreReadAndNothingIsReadTwice() throws Exception {
        createTopic(1);
        publish(event("a", "create", "1"));
        events.await("a", 1, TIMEOUT);

        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
        publish(new ProducerRecord<>(
                topic, 1, "b", "2", event("b", "create", "2").headers()));

        assertThat(events.await("b", 1, TIMEOUT))
                .extracting(PublishedEvent::partition)
                .containsExactly(1);
        assertThat(events.all()).extracting(PublishedEvent::data).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void abortedTransactionsAreNotSeen() throws Exception {
        createTopic(1);
        producer.beginTransaction();
        producer.send(event("o1", "create", "aborted")).get();
        producer.abortTransaction();
        publish(event("o1", "create", "committed"));

        awaitReadable(1);
        assertThat(events.all()).extracting(PublishedEvent::data).containsExactly("committed");
    }

    @Test
    void recordThatIsNotACloudEventIsNamed() throws Exception {
        createTopic(1);
        publish(new ProducerRecord<>(topic, "o1", "plain"));

        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThatIllegalStateException()
                        .isThrownBy(() -> events.all())
                        .withMessageContaining("offset 0 of " + topic + "-0 is not a CloudEvent"));
    }

    @Test
    void oneTopicKnowsNoRelay() {
        assertThatIllegalStateException()
                .isThrownBy(() -> events.allCommitted())
                .withMessageContaining("OutboxTestServices");
    }

    /** A relay has published an event when its transaction is committed, and consumers may see that a moment later. */
    @Test
    void eventWhoseTransactionHasNoOutcomeYetIsAwaited() throws Exception {
        createTopic(1);
        producer.beginTransaction();
        producer.send(event("o1", "create", "1")).get(2, TimeUnit.MINUTES);

        CompletableFuture<List<PublishedEvent>> read = CompletableFuture.supplyAsync(events::allOnceReadable);
        assertThat(read).failsWithin(Duration.ofMillis(500)).withThrowableOfType(TimeoutException.class);
        producer.commitTransaction();

        assertThat(read)
                .succeedsWithin(TIMEOUT)
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(1);
    }

    /** A commit is answered before consumers can read its events. */
    private void awaitReadable(int count) {
        try (PublishedEvents others = PublishedEvents.of(kafka.bootstrapServers(), topic)) {
            await().atMost(TIMEOUT).until(() -> others.all().size() >= count);
        }
    }

    private void createTopic(int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    @SafeVarargs
    private void publish(ProducerRecord<String, String>... messages) throws Exception {
        producer.beginTransaction();
        for (ProducerRecord<String, String> message : messages) {
            producer.send(message).get();
        }
        producer.commitTransaction();
    }

    private ProducerRecord<String, String> event(String key, String operation, @Nullable String data) {
        ProducerRecord<String, String> message = new ProducerRecord<>(topic, key, data);
        Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        UUID.randomUUID().toString(),
                        "ce_source",
                        "urn:service:orders",
                        "ce_type",
                        "dev.fullstate.Order",
                        "ce_subject",
                        key,
                        "ce_operation",
                        operation)
                .forEach((name, value) -> message.headers().add(name, value.getBytes(UTF_8)));
        return message;
    }
}
