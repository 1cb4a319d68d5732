package dev.fullstate.outbox.relay.publish;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Has the first record that a producer sends to a partition acknowledged before the next one is sent.
 *
 * <p>An idempotent producer's records arrive in their order because a leader compares their numbers with those that it has of this
 * producer. One that has none takes any number for the first
 * (<a href="https://issues.apache.org/jira/browse/KAFKA-15591">KAFKA-15591</a>). So if it has refused a record, because it was just being
 * elected, and then takes the next one that was on its way, the order is wrong, and the refused one is out of order until it expires. In a
 * transaction the broker looks at that itself.
 */
final class FirstRecords {

    /** Long before a broker forgets a producer that sends nothing (producer.id.expiration.ms: a day). */
    private static final long REMEMBERED_NANOS = TimeUnit.HOURS.toNanos(1);

    /** When a record was last sent to each partition. */
    private final Map<TopicPartition, Long> sentAt = new HashMap<>();
    /** The partition whose first record is on its way; null if none is. At most one, since nothing else is sent in that time. */
    private volatile @Nullable TopicPartition awaited;

    /** {@return whether a first record is on its way, so that no event may be sent} */
    boolean isOneAwaited() {
        return awaited != null;
    }

    /** Takes note of a record that is about to be sent. */
    void noteSending(TopicPartition partition, long nanoTime) {
        Long before = sentAt.put(partition, nanoTime);
        if (before == null || nanoTime - before > REMEMBERED_NANOS) {
            awaited = partition;
        }
    }

    /** Takes note of a record that is acknowledged; called by any thread. */
    void noteAcknowledged(TopicPartition partition) {
        if (partition.equals(awaited)) {
            awaited = null;
        }
    }
}
