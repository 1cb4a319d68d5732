package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.network.Direction;
import dev.fullstate.outbox.faults.network.Link;
import dev.fullstate.outbox.faults.point.Failure;
import dev.fullstate.outbox.faults.relay.RelayProcess;

/** Has a relay die at each of the moments that matter, and starts its successor. */
class HaltedRelayIT {

    private static final int EVENTS = 100;
    private static final Duration SILENCE = Duration.ofSeconds(5);

    @Test
    void relayThatDiesBetweenAnyTwoStepsOfPublishingLosesAndRepeatsNothing() throws SQLException {
        try (Scenario scenario = Scenario.exactlyOnce()) {
            scenario.startRelay();
            scenario.workload.commit(EVENTS);
            // The relay dies before its first send.
            halt(scenario, "Producer.send:before", 0);
            // It dies after sends, before their answers and before the transaction's position.
            halt(scenario, "Producer.send:after", EVENTS / 3);
            // It dies when Kafka has committed, and before it confirms that to PostgreSQL.
            halt(scenario, "Producer.commitTransaction:after", 1);
            halt(scenario, "WalStream.confirm:before", 1);
            scenario.startRelay();
            scenario.assertExactlyOnce();
        }
    }

    /** Halts a relay at a point. It passes some points only once in a transaction, so the writers have to commit some more. */
    private static void halt(Scenario scenario, String point, int skip) throws SQLException {
        halt(scenario, point, skip, () -> {
            if (scenario.outbox.isStreamed()) {
                scenario.workload.allow(1);
            }
            return true;
        });
    }

    private static void halt(Scenario scenario, String point, int skip, Callable<Boolean> whileItRuns)
            throws SQLException {
        RelayProcess relay = scenario.prepareRelay();
        relay.control().arm(point, Failure.HALT, skip);
        scenario.workload.commit(EVENTS);
        relay.control().start();
        scenario.patience().until("the relay dies at " + point, () -> whileItRuns.call() && !relay.isAlive());
        scenario.patience()
                .until("it has reported the point", () -> relay.control().wasHit(point));
        scenario.assertNothingConfirmedTooEarly();
    }

    @Test
    void relayThatDiesBetweenItsRequestToCommitAndTheAnswerLosesAndRepeatsNothing() throws SQLException {
        try (Scenario scenario = Scenario.exactlyOnce()) {
            RelayProcess relay = scenario.startRelay();
            scenario.workload.commit(EVENTS);
            // From here on, only events make the relay commit.
            scenario.awaitAllConfirmed();
            relay.control().arm("Producer.commitTransaction:before", Failure.HOLD, 0);
            scenario.workload.commit(EVENTS);
            scenario.patience()
                    .until("a commit is due", () -> relay.control().wasHit("Producer.commitTransaction:before"));
            awaitSilence(scenario, Servers.BROKER.link());
            Servers.BROKER.link().hold(Direction.TO_CLIENT);
            int before = scenario.published.distinctCount();
            relay.control().disarm();
            scenario.patience()
                    .until(
                            "Kafka has committed what the relay has no answer to",
                            () -> scenario.published.distinctCount() > before);
            relay.kill();
            Servers.BROKER.link().heal();
            scenario.assertNothingConfirmedTooEarly();
            scenario.startRelay();
            scenario.assertExactlyOnce();
        }
    }

    /** Waits until all requests are answered. */
    private static void awaitSilence(Scenario scenario, Link link) {
        AtomicLong bytes = new AtomicLong(-1);
        AtomicLong since = new AtomicLong();
        scenario.patience().until("nothing goes to and fro", () -> {
            long now = link.byteCount();
            if (bytes.getAndSet(now) != now) {
                since.set(System.nanoTime());
            }
            return System.nanoTime() - since.get() > SILENCE.toNanos();
        });
    }

    @Test
    void transactionCutAtAnyOfItsRowsGoesOnAtTheNext() throws SQLException {
        // One transaction of the database takes many of Kafka's, so that most cuts come after Kafka has committed a
        // part.
        Map<String, String> small = Map.of("outbox.relay.max-in-flight", "32KB", "outbox.relay.retry.min-delay", "5ms");
        try (Scenario scenario = Scenario.of(new Mix(1, 4, 100, 1_000, 100), small)) {
            RelayProcess relay = scenario.startRelay();
            for (int rows : new int[] {0, 1, 64, 500, 999}) {
                relay.control().arm("Producer.send:after", Failure.THROW, rows);
                scenario.workload.commit(1);
                scenario.patience()
                        .until("a failure after " + rows, () -> relay.control().wasHit("Producer.send:after"));
                scenario.awaitAllPublished();
            }
            halt(scenario, "Producer.send:after", 700, () -> true);
            scenario.startRelay();
            scenario.assertExactlyOnce();
        }
    }
}
