package dev.fullstate.outbox.republish;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import com.github.f4b6a3.uuid.UuidCreator;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.transaction.PlatformTransactionManager;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.republish.RepublishJob.Action;
import dev.fullstate.outbox.republish.RepublishJob.State;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.store.OutboxReach;
import dev.fullstate.outbox.store.RelayLag;

/**
 * Publishes the current state of aggregates again, for consumers that are rebuilt.
 *
 * <p>Jobs are rows; each running application works on those that it can, chunk by chunk, so a job survives the instance that it
 * was started on. Events go through the outbox like any other: a consumer that applies the last event of each key ends with the
 * database's state, whatever is written meanwhile. Thread-safe.
 */
public final class Republisher implements SmartLifecycle {

    private final Outbox outbox;
    private final Aggregates aggregates;
    private final Transactions transactions;
    private final JobHistory history;
    private final OutboxReach reach;
    private final Backpressure backpressure;
    private final Workers workers;
    private final Options options;

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

    /** Creates the republisher of one persistence unit. */
    public Republisher(
            EntityManagerFactory entityManagerFactory,
            Outbox outbox,
            PlatformTransactionManager transactionManager,
            Aggregates aggregates,
            Envelope envelope,
            Options options) {
        this.outbox = outbox;
        this.aggregates = aggregates;
        this.options = options;
        this.transactions =
                new Transactions(entityManagerFactory, transactionManager, options.chunkSize(), options.idleTimeout());
        this.history = new JobHistory(outbox);
        this.reach = new OutboxReach(outbox);
        this.backpressure = new Backpressure(new RelayLag(outbox), options.maxLag(), options.pollInterval());
        Chunks chunks = new Chunks(outbox, transactions, aggregates, envelope, options);
        JobWork work = new JobWork(outbox, chunks, backpressure, options);
        this.workers = new Workers(work::next);
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
     * @throws InvalidRepublishRequestException if one of the types, or anything at all, is not captured; if an id cannot be one;
     *     if the outbox does not reach back as far as asked. Nothing is started then
     * @throws RepublishConflictException if a job that has not ended does the same already. Nothing is started then
     */
    public UUID start(RepublishRequest request, String requestedBy) {
        NewJob job = NewJob.of(request, aggregates);
        if (request.changedSince() != null) {
            requireRetained(request.changedSince());
        }
        UUID id = UuidCreator.getTimeOrderedEpoch();
        String actor = AuditLog.printable(requestedBy);
        UUID started = inTransaction(table -> {
            table.lockAgainstStarts();
            Optional<UUID> running = table.conflicting(job);
            if (running.isEmpty()) {
                table.insert(id, job, actor);
            }
            return running.orElse(id);
        });
        if (!started.equals(id)) {
            throw new RepublishConflictException("Republish job " + started + " does that already", existing(started));
        }
        AuditLog.started(id, job.types(), actor);
        workers.wake();
        return id;
    }

    private void requireRetained(Instant since) {
        OutboxReach.Reach retained = reach.now(options.retention());
        if (since.isAfter(retained.now())) {
            throw new InvalidRepublishRequestException(
                    "'changedSince' " + since + " is in the future; it is " + retained.now());
        }
        Instant oldest = retained.oldest();
        if (oldest == null) {
            throw new InvalidRepublishRequestException(
                    "'changedSince' is answered from the rows of the outbox, and it has none"
                            + " now. Republish all, or the ids that are known");
        }
        if (since.isBefore(oldest)) {
            throw new InvalidRepublishRequestException("'changedSince' " + since
                    + " is further back than the rows of the outbox reach; the oldest time is " + oldest
                    + ". Republish all, or the ids that are known");
        }
    }

    /** The job as it stands. Without captured aggregates there is none, and maybe no table to look into. */
    public Optional<RepublishJob> find(UUID id) {
        return aggregates.all().isEmpty() ? Optional.empty() : history.find(id, backpressure.obstacle());
    }

    /** The latest hundred jobs, the newest first. */
    public List<RepublishJob> latest() {
        return aggregates.all().isEmpty() ? List.of() : history.latest(backpressure.obstacle());
    }

    /**
     * Interrupts a job. It writes nothing from when this returns until it is resumed.
     *
     * @throws RepublishConflictException unless it is queued or running
     */
    public Optional<RepublishJob> pause(UUID id, String actor) {
        return change(id, Action.PAUSE, EnumSet.of(State.QUEUED, State.RUNNING), State.PAUSED, actor);
    }

    /**
     * Has a job go on where it was paused.
     *
     * @throws RepublishConflictException unless it is paused
     */
    public Optional<RepublishJob> resume(UUID id, String actor) {
        return change(id, Action.RESUME, EnumSet.of(State.PAUSED), State.QUEUED, actor);
    }

    /**
     * Ends a job early. It writes nothing after this has returned; what it wrote before stays.
     *
     * @throws RepublishConflictException if it has ended
     */
    public Optional<RepublishJob> cancel(UUID id, String actor) {
        return change(id, Action.CANCEL, EnumSet.of(State.QUEUED, State.RUNNING, State.PAUSED), State.CANCELLED, actor);
    }

    private Optional<RepublishJob> change(UUID id, Action action, Set<State> from, State to, String changedBy) {
        String actor = AuditLog.printable(changedBy);
        if (aggregates.all().isEmpty()) {
            return Optional.empty();
        }
        if (!inTransaction(table -> table.change(id, action, from, to, actor))) {
            find(id).ifPresent(job -> {
                throw new RepublishConflictException(
                        "Republish job " + id + " is " + job.state() + "; only one that is " + from
                                + " can be changed to " + to,
                        job);
            });
            return Optional.empty();
        }
        inTransaction(table -> table.settle(id, to));
        AuditLog.done(action, id, actor);
        workers.wake();
        return find(id);
    }

    /** In one of its own, whatever the caller is in. */
    private <T> T inTransaction(Function<JobTable, T> work) {
        return transactions.call(
                session -> session.doReturningWork(connection -> work.apply(JobTable.on(outbox, connection))));
    }

    private RepublishJob existing(UUID id) {
        return find(id).orElseThrow(() -> new IllegalStateException("Republish job " + id + " is gone"));
    }

    /** Without captured aggregates there is nothing to work on, and maybe no job table either. */
    @Override
    public boolean isAutoStartup() {
        return !aggregates.all().isEmpty();
    }

    @Override
    public void start() {
        workers.start(options.parallelism());
    }

    @Override
    public void stop() {
        workers.stop();
    }

    @Override
    public boolean isRunning() {
        return workers.isRunning();
    }
}
