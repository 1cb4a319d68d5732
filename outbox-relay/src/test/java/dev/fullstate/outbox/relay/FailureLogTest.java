package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;

import static org.assertj.core.api.Assertions.assertThat;

class FailureLogTest {

    private static final Duration DELAY = Duration.ofSeconds(30);

    private final AtomicLong nanos = new AtomicLong();
    private final FailureLog failures = new FailureLog(nanos::get);
    private final LoggedLines lines = new LoggedLines(FailureLog.class);

    @AfterEach
    void close() {
        lines.close();
    }

    @Test
    void hourWithoutKafkaHasAHandfulOfLinesAndOneThatItIsOver() {
        for (int i = 0; i < 120; i++) {
            fail(FailureKind.RETRY, "Kafka did not answer within 3 s");
        }
        failures.over();
        failures.over();
        assertThat(lines.all())
                .containsExactly(
                        "WARN The relay tries again in 30 s: Kafka did not answer within 3 s. Remedy: Start it",
                        "WARN The relay has failed 3 times in 1 min: Kafka did not answer within 3 s. Remedy: Start it",
                        "WARN The relay has failed 7 times in 3 min: Kafka did not answer within 3 s. Remedy: Start it",
                        "WARN The relay has failed 15 times in 7 min: Kafka did not answer within 3 s. Remedy: Start it",
                        "WARN The relay has failed 31 times in 15 min: Kafka did not answer within 3 s. Remedy: Start it",
                        "WARN The relay has failed 63 times in 31 min: Kafka did not answer within 3 s. Remedy: Start it",
                        "INFO The relay works again, after 120 failures in 1 h");
    }

    @Test
    void failuresThatTakeTurnsHaveOneLineEach() {
        for (int i = 0; i < 100; i++) {
            fail(FailureKind.RETRY, "PostgreSQL is not reachable", Duration.ofMillis(100));
            fail(FailureKind.RETRY, "Position 0/" + i + " was not confirmed", Duration.ofMillis(100));
        }
        assertThat(lines.all()).hasSize(2);
    }

    @Test
    void sameFailureHasALineAgainAfterASuccess() {
        fail(FailureKind.RETRY, "PostgreSQL is not reachable");
        failures.over();
        fail(FailureKind.RETRY, "PostgreSQL is not reachable");
        assertThat(lines.all()).hasSize(3);
    }

    @Test
    void problemOfARelayThatStreamsIsNotRepeatedWithEachConnection() {
        Problem problem = new Problem(FailureKind.PERMANENT, "Events for topic 'orders' wait", "Create it");
        for (int i = 0; i < 10; i++) {
            failures.streamsWith(problem);
            nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        }
        failures.streamsWith(null);
        failures.streamsWith(null);
        assertThat(lines.all())
                .containsExactly(
                        "WARN Events for topic 'orders' wait. Remedy: Create it",
                        "INFO This is over: Events for topic 'orders' wait.");
    }

    @Test
    void nextRowThatPeopleHaveToMendIsNamedAtOnce() {
        fail(FailureKind.PERMANENT, "The row with seq 17 cannot be published");
        fail(FailureKind.PERMANENT, "The row with seq 18 cannot be published");
        assertThat(lines.all())
                .containsExactly(
                        "ERROR The relay tries again in 30 s: The row with seq 17 cannot be published. Remedy: Start it",
                        "ERROR The relay tries again in 30 s: The row with seq 18 cannot be published. Remedy: Start it");
    }

    private void fail(FailureKind kind, String message) {
        fail(kind, message, DELAY);
    }

    private void fail(FailureKind kind, String message, Duration later) {
        failures.failed(new Problem(kind, message, "Start it"), new IllegalStateException(message), DELAY);
        nanos.addAndGet(later.toNanos());
    }
}
