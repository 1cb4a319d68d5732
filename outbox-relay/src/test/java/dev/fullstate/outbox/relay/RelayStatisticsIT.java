package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.wal.SlotStatus;
import dev.fullstate.outbox.relay.wal.Source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/** Shows that the figures for operators are those of the database and of the topic. */
class RelayStatisticsIT extends RelayIntegrationTest {

    @ParameterizedTest
    @EnumSource(Source.class)
    void eventsAreCountedOnceAtEachStageAndLatencyOnceForEachTransaction(Source source) throws SQLException {
        database.insert("a", "retained");
        List<Duration> latencies = new ArrayList<>();
        try (SteppedRelay relay = SteppedRelay.reading(source, database);
                Connection writer = database.connect()) {
            RelayStatistics statistics = relay.statistics();
            statistics.latenciesTo(latencies::add);
            relay.stepUntil(RelayState.STREAMING);
            assertThat(statistics.receivedCount()).isEqualTo(1);
            assertThat(statistics.publishedCount()).isEqualTo(1);
            assertThat(statistics.confirmedCount()).isEqualTo(1);

            writer.setAutoCommit(false);
            OutboxDatabase.insert(writer, "a", "1");
            OutboxDatabase.insert(writer, "a", "2");
            writer.commit();
            // Where the table is read, a latency is that of a look.
            relay.stepUntil(() -> statistics.publishedCount() == 3);
            database.insert("a", "3");
            // Neither transactions without events nor the progress of an idle outbox are counted.
            database.execute("create table other as select 1 as n");
            relay.stepUntil(() -> statistics.publishedCount() == 4);
            assertThat(statistics.receivedCount()).isEqualTo(4);
            assertThat(statistics.inFlightCount()).isZero();
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return statistics.confirmedCount() == 4 && statistics.inFlightBytes() == 0;
            });
        }
        // Also shows that the relay reads the server's times in the right unit and zone.
        assertThat(latencies)
                .hasSize(2)
                .allSatisfy(latency -> assertThat(latency).isBetween(Duration.ZERO, Duration.ofMinutes(2)));
        awaitPublished(4);
    }

    @Test
    void eventsInFlightAreShownUntilTheConnectionsAreLost() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.keepingEventsBack(database)) {
            RelayStatistics statistics = relay.statistics();
            relay.stepUntil(RelayState.STREAMING);
            long earlier = statistics.failureCount(FailureKind.RETRY);
            database.insert("a", "1");
            relay.stepUntil(() -> statistics.inFlightBytes() > 0);
            assertThat(statistics.receivedCount()).isEqualTo(1);
            assertThat(statistics.inFlightCount()).isEqualTo(1);
            assertThat(statistics.publishedCount()).isZero();

            loseConnection(relay);
            assertThat(statistics.inFlightCount()).isZero();
            assertThat(statistics.inFlightBytes()).isZero();
            assertThat(statistics.failureCount(FailureKind.RETRY)).isEqualTo(earlier + 1);
            assertThat(statistics.failureCount(FailureKind.PERMANENT)).isZero();

            // The relay receives the event again, and counts it again.
            relay.stepUntil(() -> statistics.receivedCount() == 2);

            // Otherwise the relay would wait at its close for the event, which is held back for ever.
            loseConnection(relay);
        }
    }

    /** Ends the stream; a relay that awaits an event reads nothing, but asks the server now and then. */
    private void loseConnection(SteppedRelay relay) throws SQLException {
        database.terminateWalSender();
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofSeconds(1));
            return relay.state() == RelayState.RETRYING;
        });
    }

    @Test
    void figuresOfTheSlotAreThoseOfTheServer() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute("create table other as select repeat('x', 1000) from generate_series(1, 10000)");
            relay.moveTime(Duration.ofSeconds(4));
            relay.step();
            SlotStatus slot = Objects.requireNonNull(relay.statistics().slot());
            assertThat(slot.unconfirmedBytes()).isGreaterThan(10_000_000);
            assertThat(slot.retainedBytes()).isGreaterThanOrEqualTo(slot.unconfirmedBytes());
            assertThat(slot.walStatus()).isEqualTo("reserved");
            assertThat(slot.safeBytes()).isNull();

            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return Objects.requireNonNull(relay.statistics().slot()).unconfirmedBytes() < 100_000;
            });
        }
    }

    @Test
    void walThatIsKeptIsShownWhileKafkaDoesNotAnswer() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        database.execute("create table other as select repeat('x', 1000) from generate_series(1, 10000)");
        Map<String, Object> nowhere =
                Map.of("bootstrap.servers", "127.0.0.1:1", "default.api.timeout.ms", 500, "request.timeout.ms", 500);
        try (SteppedRelay relay = SteppedRelay.of(database, nowhere)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(Objects.requireNonNull(relay.statistics().slot()).unconfirmedBytes())
                    .isGreaterThan(10_000_000);
        }
    }

    @Test
    void figuresOfTheSlotDoNotGoAwayForAMomentAtEachAttempt() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        Map<String, Object> nowhere =
                Map.of("bootstrap.servers", "127.0.0.1:1", "default.api.timeout.ms", 500, "request.timeout.ms", 500);
        AtomicReference<Runnable> whenConnecting = new AtomicReference<>(() -> {});
        try (SteppedRelay relay = SteppedRelay.of(
                database,
                nowhere,
                wal -> ChangedSettings.of(wal)
                        .whenConnecting(() -> whenConnecting.get().run())
                        .settings())) {
            relay.stepUntil(RelayState.RETRYING);
            List<SlotStatus> seen = new ArrayList<>();
            whenConnecting.set(() -> seen.add(relay.statistics().slot()));
            relay.step();
            assertThat(seen).isNotEmpty().doesNotContainNull();

            whenConnecting.set(() -> {
                throw new IllegalStateException("No password");
            });
            assertThatCode(relay::step).doesNotThrowAnyException();
            assertThat(relay.statistics().slot()).isNull();
        }
    }

    @Test
    void standByShowsTheSlotAndCountsNoFailure() throws SQLException {
        try (SteppedRelay active = SteppedRelay.of(database);
                SteppedRelay standby = SteppedRelay.of(database)) {
            active.stepUntil(RelayState.STREAMING);
            standby.stepUntil(RelayState.STANDBY);
            standby.step();
            standby.step();
            assertThat(standby.statistics().failureCount(FailureKind.STEP_DOWN)).isZero();
            assertThat(Objects.requireNonNull(standby.statistics().slot()).holder())
                    .isNotNull();
        }
    }
}
