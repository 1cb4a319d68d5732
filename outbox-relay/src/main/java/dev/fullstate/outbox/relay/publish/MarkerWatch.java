package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;

/**
 * Waits after a commit until Kafka has written the markers of the transaction. The first records of a transaction that begins earlier wait at
 * the broker, which looks for the markers every 20 ms only (ADR 40).
 *
 * <p>Nothing but the latency depends on it: it never fails, and waits a moment at most. Used by the thread that commits.
 */
final class MarkerWatch {

    private static final Logger log = LoggerFactory.getLogger(MarkerWatch.class);

    /** As long as the broker looks for them: the default of its {@code add.partitions.to.txn.retry.backoff.max.ms}. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    /** Short, because one slow answer is no reason to let many transactions wait; long beside the patience, in case that none ever comes. */
    private static final Duration UNTIL_NEXT_ATTEMPT = Duration.ofSeconds(1);

    private final Kafka kafka;
    private final String transactionalId;
    private final LongSupplier nanoTime;
    /** The time before which Kafka is not asked, because it did not tell a moment ago; only rises. */
    private long nextAttempt;

    MarkerWatch(Kafka kafka, String transactionalId, LongSupplier nanoTime) {
        this.kafka = kafka;
        this.transactionalId = transactionalId;
        this.nanoTime = nanoTime;
        this.nextAttempt = nanoTime.getAsLong();
    }

    void await() {
        long began = nanoTime.getAsLong();
        if (began - nextAttempt < 0) {
            return;
        }
        try {
            awaitUntil(began + PATIENCE.toNanos());
        } catch (BrokerException e) {
            // Brokers before 3.0 do not know the question.
            log.debug("The next transaction begins although Kafka may still write the markers of the last one", e);
            nextAttempt = nanoTime.getAsLong() + UNTIL_NEXT_ATTEMPT.toNanos();
        }
    }

    /** Asks without a pause: an answer takes about as long as the markers do. */
    private void awaitUntil(long deadline) {
        long rest = deadline - nanoTime.getAsLong();
        while (rest > 0 && !kafka.areMarkersWritten(transactionalId, Duration.ofNanos(rest))) {
            rest = deadline - nanoTime.getAsLong();
        }
    }
}
