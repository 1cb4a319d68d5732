package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.util.function.LongSupplier;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Wording;
import dev.fullstate.outbox.relay.kafka.BrokerException;

/**
 * Notices a producer that neither sends its records nor gives them up. It measures its time-outs by the time of day: when that is set back by
 * an hour, records that it has then wait for an hour, without the relay's knowledge. Used by one thread.
 */
final class OverdueAnswers {

    /** The producer mostly reports ordinary failures itself before this is over. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final Duration limit;
    private final LongSupplier nanoTime;
    /** The count of answers when it last changed, or when none was owed. */
    private long answeredCount;
    /** The time of that; only rises. */
    private long since;

    /** @param deliveryTimeout after which the producer gives a record up */
    OverdueAnswers(Duration deliveryTimeout, LongSupplier nanoTime) {
        this.limit = deliveryTimeout.plus(MARGIN);
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    /**
     * Takes note of the answers so far.
     *
     * @throws BrokerException if one is owed, and none has come for longer than the producer may take
     */
    void require(long answered, long unanswered) {
        long now = nanoTime.getAsLong();
        if (unanswered == 0 || answered != answeredCount) {
            answeredCount = answered;
            since = now;
        } else if (now - since > limit.toNanos()) {
            throw new BrokerException(
                    FailureKind.RETRY,
                    "The producer has neither sent nor given up its records for " + Wording.of(limit)
                            + ", which is longer than its delivery.timeout.ms: Kafka does not answer, or the clock of the relay's host was"
                            + " set back",
                    "Check the brokers; the relay connects again, with a new producer");
        }
    }
}
