package dev.fullstate.outbox.benchmarks.orders.load;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/** Publishes the state of all orders again; in the application that has a library for it. */
public interface Republishing {

    /**
     * Starts a job.
     *
     * @param perSecond how many orders it may publish in a second; 0 for no limit
     */
    UUID start(int perSecond);

    Progress progress(UUID job);

    /** Ends a job early, unless it has ended. */
    void cancel(UUID job);

    /**
     * The progress of a job.
     *
     * @param published  orders of which there is an event
     * @param total      orders that there were at its start; 0 until they are counted
     * @param startedAt  by the database's clock; {@code null} before
     * @param finishedAt the same, after its last transaction
     */
    record Progress(
            long published,
            long total,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {

        boolean isOver() {
            return finishedAt != null;
        }
    }
}
