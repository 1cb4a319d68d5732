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

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.store.Database;

/**
 * Publishes the current state of aggregates again, for consumers that are rebuilt.
 *
 * <p>Jobs are rows; each running application works on those that it can, chunk by chunk, so a job survives the instance that it
 * was started on. Events go through the outbox like any other: a consumer that applies the last event of each key ends with the
 * database's state, whatever is written meanwhile. Thread-safe.
 *
 * <p>To be called outside of transactions: jobs are started and changed in transactions of their own, and methods that do so refuse
 * to begin one inside another. A session that is bound to the thread, as Spring Boot does for each request, is left as it is.
 */
public final class Republisher implements SmartLifecycle {

    private static final int LATEST = 100;

    private final List<Jobs> databases;

    /**
     * A persistence unit with captured entities.
     *
     * @param entityManagerFactory as the application has it
     * @param sessionFactory the same as Hibernate's own
     * @param aggregates what is captured
     * @param envelope how their states are said
     */
    public record Unit(
            EntityManagerFactory entityManagerFactory,
            SessionFactoryImplementor sessionFactory,
            Aggregates aggregates,
            Envelope envelope) {}

    /**
     * A database with an outbox, and all persistence units that write to it. Their jobs are its rows.
     *
     * @param name for messages
     * @param database where the outbox is
     * @param units at least one
     */
    public record CapturedDatabase(String name, Database database, List<Unit> units) {

        public CapturedDatabase {
            units = List.copyOf(units);
        }
    }

    /**
     * How jobs are done.
     *
     * @param chunkSize aggregates per transaction
     * @param lockTimeout how long to wait for an aggregate that is locked by others, when only such are left
     * @param pollInterval how often to look for jobs that other instances have left
     * @param idleTimeout how long an instance may be silent in the middle of a transaction before the database ends it
     * @param parallelism how many chunks this instance does at a time, of different aggregate types or ranges of ids
     * @param maxLag jobs wait while a relay has an older event to publish
     * @param keepJobs how long jobs are kept after their end
     * @param retention how long the outbox keeps its rows at least; null for as long as nobody else removes them
     */
    public record Options(
            int chunkSize,
            Duration lockTimeout,
            Duration pollInterval,
            Duration idleTimeout,
            int parallelism,
            Duration maxLag,
            Duration keepJobs,
            @Nullable Duration retention) {}

    /** @param databases of the application; none where nothing is captured */
    public Republisher(List<CapturedDatabase> databases, Options options) {
        this.databases =
                databases.stream().map(database -> new Jobs(database, options)).toList();
    }

    /** Starts a job for all aggregates of these types, or of every captured one. See {@link #start(RepublishRequest, String)}. */
    public UUID start(List<String> aggregateTypes, String requestedBy) {
        return start(RepublishRequest.ofTypes(aggregateTypes), requestedBy);
    }

    /**
     * Starts a job, in a transaction of its own.
     *
     * @param requestedBy who asks, for the record and the log; what cannot be printed is replaced
     * @return the job's id
     * @throws InvalidRepublishRequestException if one of the types, or anything at all, is not captured, or not all of it in one
     *     database; if an id cannot be one; if the outbox does not reach back as far as asked. Nothing is started then
     * @throws RepublishConflictException if a job that has not ended does the same already. Nothing is started then
     * @throws org.springframework.transaction.IllegalTransactionStateException in a transaction of the caller's
     */
    public UUID start(RepublishRequest request, String requestedBy) {
        return databaseOf(request.aggregateTypes()).start(request, requestedBy);
    }

    /** A job is in one database, with all of its types. */
    private Jobs databaseOf(List<String> requested) {
        Set<String> captured = databases.stream()
                .map(Jobs::types)
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
        List<Jobs> having = databases.stream()
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

    /** The job as it stands. */
    public Optional<RepublishJob> find(UUID id) {
        return first(jobs -> jobs.find(id));
    }

    /** The latest hundred jobs, the newest first. */
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

    /** Of the database that has the job. */
    private Optional<RepublishJob> first(Function<Jobs, Optional<RepublishJob>> answer) {
        return databases.stream().flatMap(jobs -> answer.apply(jobs).stream()).findFirst();
    }

    @Override
    public void start() {
        databases.forEach(Jobs::start);
    }

    @Override
    public void stop() {
        databases.forEach(Jobs::stop);
    }

    @Override
    public boolean isRunning() {
        return databases.stream().anyMatch(Jobs::isRunning);
    }
}
