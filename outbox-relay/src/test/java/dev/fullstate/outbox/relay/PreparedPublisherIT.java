package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.kafka.KafkaSettings;
import dev.fullstate.outbox.relay.kafka.TopicLookups;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Points;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings.AddedPartitions;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Shows that a successor finds the last committed position, however others write to the topic of the positions. */
@SuppressWarnings("FutureReturnValueIgnored") // A producer that is closed, or commits, waits for what was sent.
class PreparedPublisherIT {

    private static final String OURS = "ours";

    private final String topic = "positions-" + UUID.randomUUID();

    /** Writes several times what the first windows hold, and positions of ours at any distance from the end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void lastCommittedPositionIsFoundAtAnyDistanceFromTheEnd(long seed) throws Exception {
        Random random = new Random(seed);
        createTopic();
        String last = null;
        try (Producer<String, @Nullable String> transactions = producer(true);
                Producer<String, @Nullable String> single = producer(false)) {
            // Alone, until the new partition has its leader: the idempotent producer's next ones must not come first.
            single.send(new ProducerRecord<>(topic, "theirs-0", position(0))).get();
            for (int round = 0; round < 6; round++) {
                boolean committed = random.nextInt(3) > 0;
                String value = random.nextInt(6) == 0 ? null : position(1 + random.nextInt(1_000_000));
                transactions.beginTransaction();
                transactions.send(new ProducerRecord<>(topic, OURS, value));
                others(transactions, random.nextInt(3));
                if (committed) {
                    transactions.commitTransaction();
                    last = value;
                } else {
                    transactions.abortTransaction();
                }
                others(single, random.nextInt(4) == 0 ? 5_000 : random.nextInt(100));
            }
            single.flush();
        }
        try (PreparedPublisher prepared = PreparedPublisher.prepare(settings(Delivery.EXACTLY_ONCE), OURS);
                Publisher publisher = prepared.takeOver()) {
            assertThat(publisher.resumePoint()).isEqualTo(last == null ? null : ResumePoint.parse(last));
        }
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void positionWrittenAfterThePreparationIsSeen(Delivery delivery) {
        createTopic();
        write(OURS, position(1));
        try (PreparedPublisher prepared = PreparedPublisher.prepare(settings(delivery), OURS)) {
            write(OURS, position(2));
            prepared.keepUp();
            write("theirs", position(7));
            write(OURS, position(3));
            try (Publisher publisher = prepared.takeOver()) {
                assertThat(publisher.resumePoint()).isEqualTo(Points.at(new Lsn(3)));
            }
        }
    }

    @Test
    void takingOverFencesThePredecessorAndPreparingDoesNot() {
        try (Publisher first = PreparedPublisher.prepare(settings(Delivery.EXACTLY_ONCE), OURS)
                        .takeOver();
                PreparedPublisher prepared = PreparedPublisher.prepare(settings(Delivery.EXACTLY_ONCE), OURS)) {
            note(first, 5);
            prepared.keepUp();
            note(first, 6);
            try (Publisher second = prepared.takeOver()) {
                assertThat(second.resumePoint()).isEqualTo(Points.at(new Lsn(6)));
                assertThat(endsWithFailure(first)).isTrue();
            }
        }
    }

    @Test
    void topicRecreatedAfterThePreparationIsReadFromItsBeginning() throws ExecutionException, InterruptedException {
        createTopic();
        write(OURS, position(1));
        try (Admin admin = Admin.create(
                        Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()));
                PreparedPublisher prepared = PreparedPublisher.prepare(settings(Delivery.EXACTLY_ONCE), OURS)) {
            admin.deleteTopics(List.of(topic)).all().get();
            awaitTopic(admin, false);
            createTopic();
            others(3);
            try (Publisher publisher = prepared.takeOver()) {
                assertThat(publisher.resumePoint()).isNull();
            }
        }
    }

    private static void note(Publisher publisher, long position) {
        ResumePoint point = Points.at(new Lsn(position));
        publisher.publishNothing(() -> {});
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!point.equals(publisher.resumePoint())) {
            publisher.commitIfDue(point, true);
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }

    private static boolean endsWithFailure(Publisher publisher) {
        try {
            note(publisher, 7);
            return false;
        } catch (RuntimeException expected) {
            return true;
        }
    }

    private PublisherSettings settings(Delivery delivery) {
        Map<String, Object> kafka =
                Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers());
        return new PublisherSettings(
                new KafkaSettings(
                        "prepared", kafka, DataSize.ofMegabytes(1), Duration.ofSeconds(60), Duration.ofSeconds(60)),
                delivery,
                topic,
                "dead-letters",
                Duration.ofMillis(50),
                new NewTopics(true, null, null, AddedPartitions.IGNORE));
    }

    private static String position(long lsn) {
        return Points.at(new Lsn(lsn)).toString();
    }

    private void write(String key, @Nullable String value) {
        try (Producer<String, @Nullable String> producer = producer(false)) {
            producer.send(new ProducerRecord<>(topic, key, value));
        }
    }

    private void others(int count) {
        try (Producer<String, @Nullable String> producer = producer(false)) {
            others(producer, count);
        }
    }

    private void others(Producer<String, @Nullable String> producer, int count) {
        for (int i = 0; i < count; i++) {
            producer.send(new ProducerRecord<>(topic, "theirs-" + i % 7, position(i)));
        }
    }

    private void createTopic() {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()))) {
            NewTopic positions = new NewTopic(topic, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
            admin.createTopics(List.of(positions)).all().get();
            awaitTopic(admin, true);
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError("The topic could not be created", e);
        }
    }

    /** Waits until brokers tell their clients what the controller has decided. */
    private void awaitTopic(Admin admin, boolean there) {
        await().atMost(Duration.ofMinutes(2)).until(() -> (TopicLookups.find(admin, topic) != null) == there);
    }

    private Producer<String, @Nullable String> producer(boolean transactional) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "bootstrap.servers", SharedServers.kafka().bootstrapServers(),
                "key.serializer", StringSerializer.class,
                "value.serializer", StringSerializer.class));
        if (transactional) {
            properties.put("transactional.id", topic);
        }
        Producer<String, @Nullable String> producer = new KafkaProducer<>(properties);
        if (transactional) {
            producer.initTransactions();
        }
        return producer;
    }
}
