package dev.fullstate.outbox.republish;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

import dev.fullstate.outbox.jobs.JobOptions;

/**
 * Publishes the current state of aggregates again, for consumers that are rebuilt.
 *
 * <p>Jobs are rows; each running application works on those that it can, chunk by chunk, so a job survives the instance that it
 * was started on. Events go through the outbox like any other: a consumer that applies the last event of each key ends with the
 * database's state, beside live traffic too. Thread-safe.
 *
 * <p>Call it outside of transactions: jobs are started and changed in transactions of their own, and methods that do so refuse
 * to begin one inside another. A session that is bound to the thread, as Spring Boot does for each request, is left as it is.
 */
public final class Republisher implements SmartLifecycle {

    private static final int LATEST = 100;

    private final List<RepublishJobs> databases;

    /**
     * Makes a republisher that works on no job before it is started.
     *
     * @param databases of the application; none where nothing is captured
     * @param retention how long the outbox keeps its rows at least; null if the application does not remove them
     */
    public Republisher(List<CapturedDatabase> databases, JobOptions options, @Nullable Duration retention) {
        this.databases = databases.stream()
                .map(database -> new RepublishJobs(database, options, retention))
                .toList();
    }

    /** Starts a job for all aggregates of these types, or of every captured one. See {@link #start(RepublishRequest, String)}. */
    public UUID start(List<String> aggregateTypes, String requestedBy) {
        return start(RepublishRequest.ofTypes(aggregateTypes), requestedBy);
    }

    /**
     * Starts a job, in a transaction of its own.
     *
     * @param requestedBy name of the caller, for the record and the log; characters that cannot be printed are replaced
     * @return the job's id
     * @throws InvalidRepublishRequestException if one of the types, or anything at all, is not captured, or not all of it in one
     *     database; if an id cannot be one; if the outbox does not reach back as far as asked. Nothing is started then
     * @throws RepublishConflictException if a job that has not ended does the same already. Nothing is started then
     * @throws org.springframework.transaction.IllegalTransactionStateException in a transaction of the caller's
     */
    public UUID start(RepublishRequest request, String requestedBy) {
        return databaseOf(request.aggregateTypes()).start(request, requestedBy);
    }

    /** Finds the database that has all of the types: a job is in one. */
    private RepublishJobs databaseOf(List<String> requested) {
        Set<String> captured = databases.stream()
                .map(RepublishJobs::types)
                .flatMap(Collection::stream)
                .collect(Collectors.toCollection(TreeSet::new));
        if (captured.isEmpty()) {
            throw new UnknownAggregateTypeException("", List.of());
        }
        for (String type : requested) {
            if (!captured.contains(type)) {
                throw new UnknownAggregateTypeException(type, List.copyOf(captured));
            }
        }
        List<RepublishJobs> having = databases.stream()
                .filter(jobs -> jobs.types().containsAll(requested))
                .toList();
        if (having.size() != 1) {
            throw new InvalidRepublishRequestException("A job is for aggregate types of one database, and "
                    + (having.isEmpty() ? "these are in several: " : "this may be in any of several: ")
                    + databases.stream()
                            .map(jobs -> jobs.types() + " in '" + jobs.name() + "'")
                            .collect(Collectors.joining(", ")));
        }
        return having.get(0);
    }

    /** Returns the job with this id, as it stands. */
    public Optional<RepublishJob> find(UUID id) {
        return first(jobs -> jobs.find(id));
    }

    /** Returns the latest hundred jobs, the newest first. */
    public List<RepublishJob> latest() {
        return databases.stream()
                .flatMap(jobs -> jobs.latest().stream())
                .sorted(Comparator.comparing(RepublishJob::createdAt).reversed())
                .limit(LATEST)
                .toList();
    }

    /**
     * Interrupts a job. It writes nothing from when this returns until it is resumed.
     *
     * @throws RepublishConflictException unless it is queued or running
     * @throws org.springframework.transaction.IllegalTransactionStateException in a transaction of the caller's
     */
    public Optional<RepublishJob> pause(UUID id, String actor) {
        return first(jobs -> jobs.pause(id, actor));
    }

    /**
     * Has a job go on where it was paused.
     *
     * @throws RepublishConflictException unless it is paused
     * @throws org.springframework.transaction.IllegalTransactionStateException in a transaction of the caller's
     */
    public Optional<RepublishJob> resume(UUID id, String actor) {
        return first(jobs -> jobs.resume(id, actor));
    }

    /**
     * Ends a job early. It writes nothing after this has returned; what it wrote before stays.
     *
     * @throws RepublishConflictException if it has ended
     * @throws org.springframework.transaction.IllegalTransactionStateException in a transaction of the caller's
     */
    public Optional<RepublishJob> cancel(UUID id, String actor) {
        return first(jobs -> jobs.cancel(id, actor));
    }

    /** Returns the answer of the database that has the job. */
    private Optional<RepublishJob> first(Function<RepublishJobs, Optional<RepublishJob>> answer) {
        return databases.stream().flatMap(jobs -> answer.apply(jobs).stream()).findFirst();
    }

    @Override
    public void start() {
        databases.forEach(RepublishJobs::start);
    }

    @Override
    public void stop() {
        databases.forEach(RepublishJobs::stop);
    }

    @Override
    public boolean isRunning() {
        return databases.stream().anyMatch(RepublishJobs::isRunning);
    }
}
