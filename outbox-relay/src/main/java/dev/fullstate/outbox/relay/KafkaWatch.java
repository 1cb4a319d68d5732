package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Wording;
import dev.fullstate.outbox.relay.publish.Publisher;

/**
 * Watches whether Kafka answers. The producer retries for minutes before it fails an event; for that long, operators must not believe that
 * all is well.
 */
final class KafkaWatch {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Publisher publisher;
    private final LongSupplier nanoTime;
    /** The publisher's count of answers when it last changed, or when nothing was in flight. */
    private long answeredCount;
    /** The time of that; only rises. */
    private long answeredAt;
    /** True if events have been in flight without an answer for longer than the patience; only the shown problem depends on it. */
    private boolean stalled;

    KafkaWatch(Publisher publisher, LongSupplier nanoTime) {
        this.publisher = publisher;
        this.nanoTime = nanoTime;
        this.answeredAt = nanoTime.getAsLong();
    }

    void step() {
        long now = nanoTime.getAsLong();
        long count = publisher.answeredCount();
        if (publisher.inFlightBytes() == 0 || count != answeredCount) {
            answeredCount = count;
            answeredAt = now;
        }
        stalled = now - answeredAt > PATIENCE.toNanos();
    }

    /** Returns the problem that Kafka does not answer; null while it does, or has nothing to answer. */
    @Nullable
    Problem problem() {
        return stalled
                ? new Problem(
                        FailureKind.RETRY,
                        "Kafka has not acknowledged any event for " + Wording.of(PATIENCE)
                                + "; the relay confirms nothing until it does",
                        "Check the brokers, and that enough replicas of the topics' partitions are in sync")
                : null;
    }
}
