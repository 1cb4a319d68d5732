package dev.fullstate.outbox.republish;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import com.github.f4b6a3.uuid.UuidCreator;
import org.hibernate.engine.spi.SessionImplementor;

import dev.fullstate.outbox.republish.CapturedTypes.CapturedType;
import dev.fullstate.outbox.republish.RepublishJob.Action;
import dev.fullstate.outbox.republish.RepublishJob.State;
import dev.fullstate.outbox.republish.Republisher.Options;
import dev.fullstate.outbox.republish.Republisher.Unit;
import dev.fullstate.outbox.retention.OutboxReach;
import dev.fullstate.outbox.store.Database;
import dev.fullstate.outbox.store.Outbox;

/** The jobs of one database, and the threads that work on them. Thread-safe. */
final class Jobs {

    private final String name;
    private final Outbox outbox;
    private final CapturedTypes types;
    private final CallersThread caller;
    private final Transactions transactions;
    private final Options options;
    private final JobWork work;
    private final Workers workers;

    Jobs(Republisher.CapturedDatabase captured, Options options) {
        Database database = captured.database();
        this.name = captured.name();
        this.outbox = database.outbox();
        this.types = new CapturedTypes(captured.units());
        this.caller = new CallersThread(
                database,
                captured.units().stream().map(Unit::entityManagerFactory).toList());
        this.options = options;
        this.transactions = new Transactions(database, options.chunkSize(), options.idleTimeout());
        Chunks chunks = new Chunks(outbox, transactions, types, options);
        Backpressure backpressure = new Backpressure(options.maxLag(), options.pollInterval());
        this.work = new JobWork(database, types.names(), chunks, backpressure, options);
        this.workers = new Workers(work::next);
    }

    /** Of the database. */
    String name() {
        return name;
    }

    /** The aggregate types that jobs may be for. */
    Set<String> types() {
        return types.names();
    }

    /** See {@link Republisher#start(RepublishRequest, String)}. */
    UUID start(RepublishRequest request, String requestedBy) {
        NewJob job = withStoredIds(NewJob.of(request, types));
        if (request.changedSince() != null) {
            requireRetained(request.changedSince());
        }
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
            throw new RepublishConflictException("Republish job " + started + " does that already", existing(started));
        }
        AuditLog.started(id, job.types(), actor);
        workers.wake();
        return id;
    }

    private NewJob withStoredIds(NewJob job) {
        CapturedType type = types.get(job.types().get(0));
        if (job.ids() == null || type.aggregate().table().ids().areGiven()) {
            return job;
        }
        return caller.change(connection -> {
            try (SessionImplementor session = transactions.open(type.unit().sessionFactory(), connection)) {
                return job.withStoredIds(session, type.aggregate());
            }
        });
    }

    private void requireRetained(Instant since) {
        OutboxReach.Reach retained = caller.read(here -> OutboxReach.now(here, options.retention()));
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

    Optional<RepublishJob> find(UUID id) {
        return caller.read(here -> history(here).find(id, work.obstacle(question -> question.apply(here))));
    }

    /** The latest hundred, the newest first. */
    List<RepublishJob> latest() {
        return caller.read(here -> history(here).latest(work.obstacle(question -> question.apply(here))));
    }

    private JobHistory history(Outbox here) {
        return new JobHistory(here, types.names());
    }

    Optional<RepublishJob> pause(UUID id, String actor) {
        return change(id, Action.PAUSE, EnumSet.of(State.QUEUED, State.RUNNING), State.PAUSED, actor);
    }

    Optional<RepublishJob> resume(UUID id, String actor) {
        return change(id, Action.RESUME, EnumSet.of(State.PAUSED), State.QUEUED, actor);
    }

    Optional<RepublishJob> cancel(UUID id, String actor) {
        return change(id, Action.CANCEL, EnumSet.of(State.QUEUED, State.RUNNING, State.PAUSED), State.CANCELLED, actor);
    }

    private Optional<RepublishJob> change(UUID id, Action action, Set<State> from, State to, String changedBy) {
        String actor = AuditLog.printable(changedBy);
        if (!change(table -> table.change(id, action, from, to, actor))) {
            find(id).ifPresent(job -> {
                throw new RepublishConflictException(
                        "Republish job " + id + " is " + job.state() + "; only one that is " + from
                                + " can be changed to " + to,
                        job);
            });
            return Optional.empty();
        }
        change(table -> table.settle(id, to));
        AuditLog.done(action, id, actor);
        workers.wake();
        return find(id);
    }

    private <T> T change(Function<JobTable, T> change) {
        return caller.change(connection -> change.apply(JobTable.on(outbox, connection)));
    }

    private RepublishJob existing(UUID id) {
        return find(id).orElseThrow(() -> new IllegalStateException("Republish job " + id + " is gone"));
    }

    void start() {
        workers.start(options.parallelism());
    }

    void stop() {
        workers.stop();
    }

    boolean isRunning() {
        return workers.isRunning();
    }
}
