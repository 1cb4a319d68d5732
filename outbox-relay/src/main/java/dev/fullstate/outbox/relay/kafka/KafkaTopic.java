package dev.fullstate.outbox.relay.kafka;

import org.jspecify.annotations.Nullable;

/**
 * A topic as it is at one moment.
 *
 * @param id another one when it was deleted and created again
 * @param cleanupPolicy as in the topic's configuration; null if the relay's user may not read that
 */
public record KafkaTopic(
        String name,
        String id,
        int partitionCount,
        @Nullable String cleanupPolicy) {

    /** Returns the same topic, with keys placed as if it had this number of partitions. */
    public KafkaTopic withPartitionCount(int count) {
        return new KafkaTopic(name, id, count, cleanupPolicy);
    }

    /** {@return whether it is the topic of another moment, with the keys in the same partitions} */
    public boolean hasKeysWhereThey(KafkaTopic before) {
        return id.equals(before.id) && partitionCount == before.partitionCount;
    }
}
