package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.publish.Publisher;

/** Watches whether Kafka answers. The producer retries for minutes before it fails an event; that long nobody shall believe that all is well. */
final class KafkaWatch {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Publisher publisher;
    private final LongSupplier nanoTime;
    /** The publisher's count of answers when it last changed, or when nothing was in flight. */
    private long answeredCount;
    /** When that was; only rises. */
    private long answeredAt;
    /** Whether events have been in flight without an answer for longer than the patience; nothing depends on it but what is shown. */
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

    /** Null while Kafka answers, or has nothing to answer. */
    @Nullable
    Problem problem() {
        return stalled
                ? new Problem(
                        FailureKind.RETRY,
                        "Kafka has not acknowledged any event for " + PATIENCE.toSeconds()
                                + " seconds; nothing is confirmed meanwhile",
                        "Check the brokers, and that enough replicas of the topics' partitions are in sync")
                : null;
    }
}
