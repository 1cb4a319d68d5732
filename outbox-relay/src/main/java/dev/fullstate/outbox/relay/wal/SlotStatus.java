package dev.fullstate.outbox.relay.wal;

import org.jspecify.annotations.Nullable;

/**
 * The cost of the replication slot for the server, at one moment.
 *
 * @param unconfirmedBytes of WAL that the server has written and the slot has not been confirmed for
 * @param retainedBytes of WAL that the server keeps because of the slot: more, where transactions are long
 * @param safeBytes that may still be written before the slot is in danger of being lost; null where nothing limits it
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
 * @param holder the relay that has it; null if none has
 */
public record SlotStatus(
        long unconfirmedBytes,
        long retainedBytes,
        @Nullable Long safeBytes,
        String walStatus,
        @Nullable Holder holder) {

    /** Returns whether there is a slot; where the table is read, there is only a holder of the lead. */
    public boolean exists() {
        return !walStatus.isEmpty();
    }
}
