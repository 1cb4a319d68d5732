package dev.fullstate.outbox.jobs;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * A job as it stands. Times are the database's.
 *
 * @param id of the job
 * @param state where it is in its life
 * @param idCount number of aggregates that were named; null if none was
 * @param ratePerSecond the limit that was asked for; null for none
 * @param dryRun whether it only counts
 * @param parameters that only this kind of job has, as JSON
 * @param types how far it is with each aggregate type
 * @param rate aggregates per second since it was started or resumed; null before, and in a dry run
 * @param estimatedEnd when it ends at this rate; null while that is not known
 * @param waitingFor why it does not go on, although it is queued or runs; null if it does
 * @param error what went wrong; null unless something did
 * @param requestedBy name of the caller that asked for it
 * @param createdAt when it was asked for
 * @param startedAt when an instance began with it
 * @param finishedAt when it completed, failed or was cancelled
 * @param actions of callers, the first one first
 * @param ends up to where a consumer has to read to have all that it has written; null until a relay has noted it (ADR 15)
 */
public record Job(
        UUID id,
        State state,
        @Nullable Integer idCount,
        @Nullable Integer ratePerSecond,
        boolean dryRun,
        String parameters,
        List<TypeProgress> types,
        @Nullable Double rate,
        @Nullable Instant estimatedEnd,
        @Nullable String waitingFor,
        @Nullable String error,
        String requestedBy,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        List<ActionTaken> actions,
        @Nullable List<PartitionEnd> ends) {

    /** The stages of a job's life. */
    public enum State {
        /** No instance has taken it up yet. */
        QUEUED,
        /** Any instance works on it. */
        RUNNING,
        /** Writes nothing until it is resumed. */
        PAUSED,
        /** Each aggregate that existed throughout is done. */
        COMPLETED,
        /** A caller has ended it; the events that it wrote until then stay. */
        CANCELLED,
        /** Each aggregate is done except those that failed; or the job was given up early, and the error tells why. */
        FAILED;

        /** {@return whether nothing more happens to a job in this state} */
        public boolean isFinal() {
            return this == COMPLETED || this == CANCELLED || this == FAILED;
        }
    }

    /**
     * The progress of a job with one aggregate type.
     *
     * @param aggregateType the type
     * @param total aggregates when they were counted; null until they are, and where that takes longer than the database allows
     * @param done aggregates that it has done what it is for
     * @param pending aggregates that it keeps to deal with later
     * @param skipped aggregates that no longer existed when their turn came
     * @param failed aggregates that it has given up
     */
    public record TypeProgress(
            String aggregateType, @Nullable Long total, long done, long pending, long skipped, long failed) {

        /** {@return the aggregates that need nothing more} */
        long finished() {
            return done + skipped + failed;
        }
    }

    /**
     * Something that was done to a job.
     *
     * @param action the name of the action, in lower case
     * @param actor the name of the caller
     * @param at when it was done
     */
    public record ActionTaken(String action, String actor, Instant at) {}

    /**
     * A consumer whose next offset in the partition is this one or a later one has read all that the job wrote there. Partitions
     * without records have none.
     *
     * @param pipeline the relay that published the job
     * @param topic in Kafka
     * @param partition of the topic
     * @param offset after the last record that was there when all of the job was published; live events may lie in between
     */
    public record PartitionEnd(String pipeline, String topic, int partition, long offset) {}

    public Job {
        types = List.copyOf(types);
        actions = List.copyOf(actions);
        ends = ends == null ? null : List.copyOf(ends);
    }
}
