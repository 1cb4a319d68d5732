package dev.fullstate.outbox.jobs;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import com.github.f4b6a3.uuid.UuidCreator;

import dev.fullstate.outbox.jobs.Job.State;
import dev.fullstate.outbox.store.Database;
import dev.fullstate.outbox.store.Outbox;

/**
 * The jobs of one kind in one database, and the threads that work on them. Jobs are rows; each running application works on those that
 * it can, so a job survives the instance that it was started on (ADR 7). Thread-safe.
 *
 * <p>Jobs are started and changed in transactions of their own (ADR 23).
 */
public final class Jobs {

    private final Outbox outbox;
    private final CallersThread caller;
    private final JobKind kind;
    private final JobOptions options;
    private final JobLoop loop;
    private final Workers workers;

    /** Makes the jobs accessible; no thread works on them before {@link #start()}. */
    public Jobs(Database database, CallersThread caller, JobKind kind, JobOptions options) {
        this.outbox = database.outbox();
        this.caller = caller;
        this.kind = kind;
        this.options = options;
        Transactions transactions = new Transactions(database, options.idleTimeout());
        Chunks chunks = new Chunks(outbox, transactions, kind, options);
        this.loop = new JobLoop(database, kind, options, chunks, new Backpressure(options));
        this.workers = new Workers("outbox-" + kind.name(), loop::next);
    }

    /**
     * Starts a job.
     *
     * @param requestedBy name of the caller, for the record and the log; characters that cannot be printed are replaced
     * @return the job's id
     * @throws JobConflictException if a job that has not ended does the same already
     * @throws org.springframework.transaction.IllegalTransactionStateException in a transaction of the caller's
     */
    public UUID start(NewJob job, String requestedBy) {
        UUID id = UuidCreator.getTimeOrderedEpoch();
        String actor = AuditLog.printable(requestedBy);
        UUID started = change(table -> {
            table.lockAgainstStarts();
            Optional<UUID> running = table.conflicting(job);
            if (running.isEmpty()) {
                table.insert(id, job, actor);
            }
            return running.orElse(id);
        });
        if (!started.equals(id)) {
            throw new JobConflictException(kind.label() + " " + started + " does that already", existing(started));
        }
        AuditLog.started(kind, id, job.types(), actor);
        workers.wake();
        return id;
    }

    /** Returns the job with this id, as it stands. */
    public Optional<Job> find(UUID id) {
        return caller.read(
                here -> new JobHistory(here, kind).find(id, loop.obstacle(question -> question.apply(here))));
    }

    /** Returns the latest hundred jobs, the newest first. */
    public List<Job> latest() {
        return caller.read(here -> new JobHistory(here, kind).latest(loop.obstacle(question -> question.apply(here))));
    }

    /**
     * Interrupts a job. It writes nothing from when this returns until it is resumed.
     *
     * @throws JobConflictException unless it is queued or running
     */
    public Optional<Job> pause(UUID id, String actor) {
        return change(id, Action.PAUSE, EnumSet.of(State.QUEUED, State.RUNNING), State.PAUSED, actor);
    }

    /**
     * Has a job go on where it was paused.
     *
     * @throws JobConflictException unless it is paused
     */
    public Optional<Job> resume(UUID id, String actor) {
        return change(id, Action.RESUME, EnumSet.of(State.PAUSED), State.QUEUED, actor);
    }

    /**
     * Ends a job early. It writes nothing after this has returned; what it wrote before stays.
     *
     * @throws JobConflictException if it has ended
     */
    public Optional<Job> cancel(UUID id, String actor) {
        return change(id, Action.CANCEL, EnumSet.of(State.QUEUED, State.RUNNING, State.PAUSED), State.CANCELLED, actor);
    }

    private Optional<Job> change(UUID id, Action action, Set<State> from, State to, String changedBy) {
        String actor = AuditLog.printable(changedBy);
        if (!change(table -> table.change(id, action, from, to, actor))) {
            find(id).ifPresent(job -> {
                throw new JobConflictException(
                        kind.label() + " " + id + " is " + job.state() + "; only one that is " + from
                                + " can be changed to " + to,
                        job);
            });
            return Optional.empty();
        }
        change(table -> table.settle(id, to));
        AuditLog.changed(kind, id, action, actor);
        workers.wake();
        return find(id);
    }

    private <T> T change(Function<JobTable, T> change) {
        return caller.change(connection -> change.apply(new JobTable(outbox.on(connection), kind)));
    }

    private Job existing(UUID id) {
        return find(id).orElseThrow(() -> new IllegalStateException(kind.label() + " " + id + " is gone"));
    }

    /** Has this instance work on jobs. */
    public void start() {
        workers.start(options.parallelism());
    }

    /** Returns when all chunks of this instance that were under way have ended. */
    public void stop() {
        workers.stop();
    }

    /** {@return whether this instance works on jobs} */
    public boolean isRunning() {
        return workers.isRunning();
    }
}
