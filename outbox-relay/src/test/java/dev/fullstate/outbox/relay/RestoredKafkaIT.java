package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.FileSystemUtils;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.Source;
import dev.fullstate.outbox.test.KafkaServer;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;

/** Kafka is put back to an earlier state, and the database is not: the relay's note there says more than Kafka has. */
class RestoredKafkaIT {

    @TempDir
    Path folder;

    private OutboxDatabase database;
    private int count;

    @BeforeEach
    void createDatabase() throws SQLException {
        database = OutboxDatabase.migrated();
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void eventsThatKafkaHasLostArePublishedAgain(Delivery delivery) throws SQLException, IOException {
        publish(delivery);
        FileSystemUtils.copyRecursively(folder.resolve("kafka"), folder.resolve("backup"));
        publish(delivery);
        FileSystemUtils.deleteRecursively(folder.resolve("kafka"));
        FileSystemUtils.copyRecursively(folder.resolve("backup"), folder.resolve("kafka"));

        publish(delivery);
    }

    /** Publishes three more events and has the database note that; all events are in Kafka then. */
    private void publish(Delivery delivery) throws SQLException {
        try (KafkaServer kafka = KafkaServer.startIn(folder.resolve("kafka"), 0, Map.of());
                PublishedEvents topic =
                        PublishedEvents.of(kafka.bootstrapServers(), SteppedRelay.topic(database, "order"))) {
            try (SteppedRelay relay = SteppedRelay.of(Source.WAL, delivery, database, kafka)) {
                relay.stepUntil(RelayState.STREAMING);
                database.execute(OutboxInsert.rows(3).with("payload", "(%d + n)::text".formatted(count)));
                count += 3;
                relay.stepUntil(topic, count);
                relay.stepUntil(() -> {
                    relay.moveTime(Duration.ofSeconds(1));
                    return database.unnotedCount() == 0;
                });
            }
            assertThat(topic.all()).extracting(PublishedEvent::data).containsExactlyElementsOf(numbers());
        }
        database.terminateSessions();
    }

    private List<String> numbers() {
        return IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList();
    }
}
