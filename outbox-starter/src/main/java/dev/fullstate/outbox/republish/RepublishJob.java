package dev.fullstate.outbox.republish;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.ToLongFunction;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.jobs.Job.ActionTaken;
import dev.fullstate.outbox.jobs.Job.PartitionEnd;
import dev.fullstate.outbox.jobs.Job.State;

/**
 * A republish job as it stands. Times are the database's.
 *
 * @param id the job; also the {@code republishid} of its events
 * @param state where it is in its life
 * @param idCount number of aggregates that were named; null if none was
 * @param changedSince only aggregates that changed since then; null for all
 * @param ratePerSecond the limit that was asked for; null for none
 * @param dryRun whether it only counts
 * @param tombstones whether named aggregates that do not exist get a delete event
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
 * @param rebuiltAt up to where a consumer has to read to have all of it; null until the relay has published it and noted so, which takes
 *     some seconds after the end, and for jobs that publish nothing or were cancelled
 */
public record RepublishJob(
        UUID id,
        State state,
        @Nullable Integer idCount,
        @Nullable Instant changedSince,
        @Nullable Integer ratePerSecond,
        boolean dryRun,
        boolean tombstones,
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
        @Nullable List<PartitionEnd> rebuiltAt) {

    /**
     * The progress of a job with one aggregate type.
     *
     * @param aggregateType the type
     * @param total aggregates when they were counted; null until they are, and where that takes longer than the database allows
     * @param published aggregates of which it has written an event
     * @param pending aggregates that live traffic had locked, and that wait for their turn; or that it wrote a delete event for,
     *     and that it will look for once more
     * @param skipped aggregates that no longer existed when their turn came
     * @param failed aggregates whose state cannot be published
     */
    public record TypeProgress(
            String aggregateType, @Nullable Long total, long published, long pending, long skipped, long failed) {}

    public RepublishJob {
        types = List.copyOf(types);
        actions = List.copyOf(actions);
        rebuiltAt = rebuiltAt == null ? null : List.copyOf(rebuiltAt);
    }

    static RepublishJob of(Job job) {
        RepublishParameters parameters = RepublishParameters.of(job.parameters());
        return new RepublishJob(
                job.id(),
                job.state(),
                job.idCount(),
                parameters.changedSince(),
                job.ratePerSecond(),
                job.dryRun(),
                parameters.tombstones(),
                job.types().stream().map(RepublishJob::progress).toList(),
                job.rate(),
                job.estimatedEnd(),
                job.waitingFor(),
                job.error(),
                job.requestedBy(),
                job.createdAt(),
                job.startedAt(),
                job.finishedAt(),
                job.actions(),
                job.ends());
    }

    private static TypeProgress progress(Job.TypeProgress type) {
        return new TypeProgress(
                type.aggregateType(), type.total(), type.done(), type.pending(), type.skipped(), type.failed());
    }

    /** Returns the aggregate types that it republishes. */
    @JsonProperty("aggregateTypes")
    public List<String> aggregateTypes() {
        return types.stream().map(TypeProgress::aggregateType).toList();
    }

    /** Returns the number of aggregates of which it has written an event. */
    @JsonProperty("publishedCount")
    public long publishedCount() {
        return sum(TypeProgress::published);
    }

    /** Returns the number of aggregates that wait for their turn. */
    @JsonProperty("pendingCount")
    public long pendingCount() {
        return sum(TypeProgress::pending);
    }

    /** Returns the number of aggregates that no longer existed when their turn came. */
    @JsonProperty("skippedCount")
    public long skippedCount() {
        return sum(TypeProgress::skipped);
    }

    /** Returns the number of aggregates whose state cannot be published. */
    @JsonProperty("failedCount")
    public long failedCount() {
        return sum(TypeProgress::failed);
    }

    private long sum(ToLongFunction<TypeProgress> count) {
        return types.stream().mapToLong(count).sum();
    }
}
