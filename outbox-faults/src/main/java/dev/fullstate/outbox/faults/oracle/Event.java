package dev.fullstate.outbox.faults.oracle;

import org.jspecify.annotations.Nullable;

/**
 * An event as it was committed, or as it was published.
 *
 * @param version of the aggregate, which rises by one with each event of the key
 */
public record Event(
        String key,
        long seq,
        String id,
        long version,
        @Nullable String payload) {

    /** Leaves the payload out. */
    @Override
    public String toString() {
        return key + " seq " + seq + " version " + version + " id " + id;
    }
}
