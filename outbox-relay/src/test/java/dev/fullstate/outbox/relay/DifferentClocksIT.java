package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

import static org.assertj.core.api.Assertions.assertThat;

/** The clocks of the database, the relay and the brokers are not one, and one of them jumps. */
class DifferentClocksIT extends PoisonTest {

    private static final Duration MORE_THAN_KAFKA_TAKES = Duration.ofMinutes(61);

    private static final AtomicReference<Duration> AHEAD = new AtomicReference<>(Duration.ZERO);

    /** Gives records the time of a producer whose clock is ahead. */
    public static final class MovedClock implements ProducerInterceptor<byte[], byte[]> {

        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
            return new ProducerRecord<>(
                    record.topic(),
                    record.partition(),
                    Instant.now().plus(AHEAD.get()).toEpochMilli(),
                    record.key(),
                    record.value(),
                    record.headers());
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
            // The relay is told.
        }

        @Override
        public void close() {
            // Nothing is open.
        }

        @Override
        public void configure(Map<String, ?> configs) {
            // Nothing is to be configured.
        }
    }

    @AfterEach
    void setClockRight() {
        AHEAD.set(Duration.ZERO);
    }

    /** Kafka 4 takes no record whose time, by the clock of its sender, is more than an hour ahead of the broker's clock. */
    @ParameterizedTest
    @MethodSource("deliveriesAndRowCounts")
    void recordsWhoseTimeTheBrokerDoesNotTakeAreNoPoisonAndArePublishedOnceTheClocksAgree(
            Delivery delivery, int rowCount) throws SQLException {
        try (SteppedRelay relay = SteppedRelay.treating(
                PoisonPolicy.all(Poison.PARK),
                database,
                delivery,
                Map.of("interceptor.classes", MovedClock.class.getName()))) {
            relay.stepUntil(RelayState.STREAMING);
            AHEAD.set(MORE_THAN_KAFKA_TAKES);
            database.execute(OutboxInsert.rows(rowCount).with("payload", "n::text"));
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().kind()).isEqualTo(FailureKind.PERMANENT);
            assertThat(relay.problem().remedy()).contains("clock", "message.timestamp");
            // It tries again, and parks nothing, however often that fails.
            relay.stepUntil(() -> relay.statistics().failureCount(FailureKind.PERMANENT) >= 4);
            assertThat(relay.statistics().parked().aggregates()).isEmpty();

            AHEAD.set(Duration.ZERO);
            relay.stepUntil(topic, rowCount);
        }
        assertThat(published()).containsExactlyElementsOf(numbers(rowCount));
        assertThat(letters.all()).isEmpty();
    }

    static List<Arguments> deliveriesAndRowCounts() {
        // The producer tells the error of a single record of a batch otherwise than that of several.
        return List.of(
                Arguments.of(Delivery.EXACTLY_ONCE, 1),
                Arguments.of(Delivery.EXACTLY_ONCE, 5),
                Arguments.of(Delivery.AT_LEAST_ONCE, 1),
                Arguments.of(Delivery.AT_LEAST_ONCE, 5));
    }

    private static List<String> numbers(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList();
    }

    /** The relay looks for events in Kafka by the time of their records, which is its own, from the time of the rows on. */
    @ParameterizedTest
    @ValueSource(strings = {"-3590 seconds", "0", "3590 seconds"})
    void lostSlotRepeatsNothingIfTheDatabasesClockHasJumpedByAnHour(String ahead) throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            moveClock(ahead);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
            moveClock("0");
            database.insert("a", "3");
            relay.stepUntil(topic, 3);
        }
        database.terminateSessions();
        database.dropSlot();
        moveClock(ahead);
        database.insert("a", "4");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "5");
            relay.stepUntil(topic, 5);
        }
        assertThat(published()).containsExactly("1", "2", "3", "4", "5");
    }

    private void moveClock(String ahead) throws SQLException {
        database.execute(
                "alter table outbox alter column created_at set default clock_timestamp() + interval '" + ahead + "'");
    }
}
