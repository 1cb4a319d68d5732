package dev.fullstate.outbox.relay;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Shows what a relay costs that has nothing to publish. */
class IdleCostIT extends RelayIntegrationTest {

    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Test
    void idleLoopWaitsForTheServerInsteadOfPolling() throws SQLException {
        Relay relay = SteppedRelay.running(PoisonPolicy.all(Poison.STOP), database, Delivery.EXACTLY_ONCE, Map.of());
        relay.start();
        try {
            database.insert("a", "1");
            awaitPublished("1");
            // Until Kafka has answered the commit, and PostgreSQL has the position, something is under way.
            await().atMost(PATIENCE).until(() -> relay.statistics().confirmedCount() == 1);
            long began = System.nanoTime();
            long before = loopWaits();
            await().atMost(PATIENCE).until(() -> loopWaits() >= before + 20);
            // At 1 ms, the interval of this relay's polling, 20 rounds take less than 100 ms.
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(A_SECOND);

            database.insert("a", "2");
            awaitPublished("1", "2");
        } finally {
            relay.stop();
        }
    }

    @Test
    void loopThatHasBeenIdleForLongWaitsLongerAndForASecondAtMost() {
        assertThat(Streaming.waitAfter(0)).isEqualTo(Duration.ofMillis(200));
        assertThat(Streaming.waitAfter(Duration.ofSeconds(10).toNanos())).isEqualTo(Duration.ofMillis(500));
        assertThat(Streaming.waitAfter(Duration.ofHours(1).toNanos())).isEqualTo(A_SECOND);
    }

    /** Returns how often the loop has waited for its next round. */
    private long loopWaits() {
        return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(false, false))
                .filter(thread -> thread.getThreadName().equals("outbox-relay-" + database.name()))
                .mapToLong(ThreadInfo::getWaitedCount)
                .sum();
    }

    @Test
    void idleMinuteTakesFewTransactionsOfTheDatabase() throws SQLException {
        idle(1);
        long before = committed();
        idle(1);
        long start = committed() - before;
        idle(61);
        long minute = committed() - before - 2 * start;
        assertThat(minute).isBetween(20L, 200L);
    }

    private void idle(int seconds) {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            for (int second = 0; second < seconds; second++) {
                relay.moveTime(A_SECOND);
                relay.step();
            }
        }
    }

    /** Returns the number of transactions, to which a session adds its own when it ends. */
    private long committed() {
        return await().atMost(PATIENCE)
                .until(
                        () -> database.query(
                                "select xact_commit from pg_stat_database where datname = current_database()"
                                        + " and not exists (select from pg_stat_activity"
                                        + " where datname = current_database() and application_name like 'outbox-relay%')"),
                        Objects::nonNull)
                .transform(Long::parseLong);
    }
}
