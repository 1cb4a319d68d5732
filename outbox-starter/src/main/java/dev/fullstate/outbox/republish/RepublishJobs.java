package dev.fullstate.outbox.republish;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.jobs.CallersThread;
import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.jobs.JobConflictException;
import dev.fullstate.outbox.jobs.JobOptions;
import dev.fullstate.outbox.jobs.Jobs;
import dev.fullstate.outbox.republish.CapturedDatabase.Unit;
import dev.fullstate.outbox.republish.CapturedTypes.CapturedType;
import dev.fullstate.outbox.retention.OutboxReach;

/** The republish jobs of one database. Checks requests against what it captures, and starts jobs for them. Thread-safe. */
final class RepublishJobs {

    private final String name;
    private final CapturedTypes types;
    private final CallersThread caller;
    private final int fetchBatchSize;
    private final @Nullable Duration retention;
    private final Jobs jobs;

    /** @param retention see {@link Republisher#Republisher} */
    RepublishJobs(CapturedDatabase captured, JobOptions options, @Nullable Duration retention) {
        this.name = captured.name();
        this.types = new CapturedTypes(captured.units());
        this.caller = new CallersThread(
                captured.database(),
                captured.units().stream().map(Unit::entityManagerFactory).toList());
        this.fetchBatchSize = options.chunkSize();
        this.retention = retention;
        this.jobs = new Jobs(captured.database(), caller, new RepublishKind(types, fetchBatchSize), options);
    }

    /** {@return the name of the database} */
    String name() {
        return name;
    }

    /** {@return the aggregate types that jobs may be for} */
    Set<String> types() {
        return types.names();
    }

    /** Starts a job; see {@link Republisher#start(RepublishRequest, String)}. */
    UUID start(RepublishRequest request, String requestedBy) {
        CapturedRequest captured = withStoredIds(CapturedRequest.of(request, types));
        if (request.changedSince() != null) {
            requireRetained(request.changedSince());
        }
        return conflicting(() -> jobs.start(captured.job(), requestedBy));
    }

    private CapturedRequest withStoredIds(CapturedRequest request) {
        CapturedType type = types.get(request.types().get(0));
        if (request.ids() == null || type.aggregate().table().ids().areGiven()) {
            return request;
        }
        return caller.change(connection -> {
            try (SessionImplementor session = type.open(connection, fetchBatchSize)) {
                return request.withStoredIds(session, type.aggregate());
            }
        });
    }

    private void requireRetained(Instant since) {
        OutboxReach.Reach retained = caller.read(here -> OutboxReach.now(here, retention));
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
        return shown(jobs.find(id));
    }

    /** Returns the latest hundred jobs, the newest first. */
    List<RepublishJob> latest() {
        return jobs.latest().stream().map(RepublishJob::of).toList();
    }

    Optional<RepublishJob> pause(UUID id, String actor) {
        return conflicting(() -> shown(jobs.pause(id, actor)));
    }

    Optional<RepublishJob> resume(UUID id, String actor) {
        return conflicting(() -> shown(jobs.resume(id, actor)));
    }

    Optional<RepublishJob> cancel(UUID id, String actor) {
        return conflicting(() -> shown(jobs.cancel(id, actor)));
    }

    private static Optional<RepublishJob> shown(Optional<Job> job) {
        return job.map(RepublishJob::of);
    }

    private static <T> T conflicting(Supplier<T> request) {
        try {
            return request.get();
        } catch (JobConflictException e) {
            throw new RepublishConflictException(e);
        }
    }

    void start() {
        jobs.start();
    }

    void stop() {
        jobs.stop();
    }

    boolean isRunning() {
        return jobs.isRunning();
    }
}
