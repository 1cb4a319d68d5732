package dev.fullstate.outbox.republish;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * A republish job as it stands.
 *
 * @param id the job; also the {@code republishid} of its events
 * @param state where it is in its life
 * @param aggregateTypes what it republishes, one after the other
 * @param publishedCount events written so far
 * @param pendingCount aggregates that live traffic had locked and that wait for the second pass
 * @param skippedCount aggregates that no longer existed when their turn came
 * @param error why it failed; null unless it did
 * @param requestedBy who asked for it
 * @param createdAt when it was asked for
 * @param finishedAt when it completed or failed; null while it runs
 */
public record RepublishJob(
        UUID id,
        State state,
        List<String> aggregateTypes,
        long publishedCount,
        long pendingCount,
        long skippedCount,
        @Nullable String error,
        String requestedBy,
        Instant createdAt,
        @Nullable Instant finishedAt) {

    /** Where a job is in its life. */
    public enum State {
        /** Any instance works on it. */
        RUNNING,
        /** Each aggregate that existed throughout has at least one event from this job or a later change. */
        COMPLETED,
        /** Gave up at a state that cannot be published; what it wrote until then stays. */
        FAILED
    }
}
