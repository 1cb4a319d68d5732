package dev.fullstate.outbox.republish;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import javax.sql.DataSource;

import com.github.f4b6a3.uuid.UuidCreator;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.envelope.Envelope;

/**
 * Publishes the current state of all aggregates of some types again, for consumers that are rebuilt.
 *
 * <p>Jobs are rows; each running application works on those that are not being worked on, one chunk at a time, so a job
 * survives the instance that it was started on. Events go through the outbox like any other: a consumer that applies the last
 * event of each key ends with the database's state, whatever is written meanwhile.
 */
public final class Republisher implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Republisher.class);

    private final Aggregates aggregates;
    private final JobTable jobs;
    private final Chunks chunks;
    private final Duration pollInterval;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean requested;
    private volatile @Nullable Thread worker;

    /**
     * How jobs are done.
     *
     * @param chunkSize aggregates per transaction
     * @param lockTimeout how long the second pass waits for an aggregate that is locked by others
     * @param pollInterval how often to look for jobs that other instances have left
     */
    public record Options(int chunkSize, Duration lockTimeout, Duration pollInterval) {}

    /** Creates the republisher of one persistence unit. */
    public Republisher(
            EntityManagerFactory entityManagerFactory,
            DataSource dataSource,
            PlatformTransactionManager transactionManager,
            Aggregates aggregates,
            Envelope envelope,
            Options options) {
        this.aggregates = aggregates;
        this.jobs = new JobTable(dataSource);
        this.chunks = new Chunks(
                entityManagerFactory,
                transactionManager,
                aggregates,
                envelope,
                options.chunkSize(),
                options.lockTimeout());
        this.pollInterval = options.pollInterval();
    }

    /**
     * Starts a job.
     *
     * @param aggregateTypes what to republish; empty for every captured type
     * @param requestedBy who asks, for the record
     * @return the job's id
     * @throws UnknownAggregateTypeException if one of the types, or anything at all, is not captured; nothing is started
     *     then
     */
    public UUID start(List<String> aggregateTypes, String requestedBy) {
        List<String> captured =
                aggregates.all().stream().map(Aggregate::type).sorted().toList();
        if (captured.isEmpty()) {
            throw new UnknownAggregateTypeException("", captured);
        }
        for (String type : aggregateTypes) {
            if (!captured.contains(type)) {
                throw new UnknownAggregateTypeException(type, captured);
            }
        }
        List<String> types = aggregateTypes.isEmpty()
                ? captured
                : aggregateTypes.stream().distinct().toList();
        UUID id = UuidCreator.getTimeOrderedEpoch();
        jobs.insert(id, types, requestedBy);
        log.info("Republish job {} of {} started by {}", id, types, requestedBy);
        wake();
        return id;
    }

    /** The job as it stands. Without captured aggregates there is none, and maybe no table to look into. */
    public Optional<RepublishJob> find(UUID id) {
        return aggregates.all().isEmpty() ? Optional.empty() : jobs.find(id);
    }

    /** Without captured aggregates there is nothing to work on, and maybe no job table either. */
    @Override
    public boolean isAutoStartup() {
        return !aggregates.all().isEmpty();
    }

    @Override
    public void start() {
        Thread thread = new Thread(this::work, "outbox-republish");
        thread.setDaemon(true);
        worker = thread;
        thread.start();
    }

    @Override
    public void stop() {
        Thread thread = worker;
        worker = null;
        wake();
        if (thread != null) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return worker != null;
    }

    private void work() {
        try {
            while (isRunning()) {
                workOnAll();
                waitForWork();
            }
        } catch (Error e) {
            worker = null;
            log.error("The republish thread has died; jobs go on in other instances, or when this one is restarted", e);
        }
    }

    private void workOnAll() {
        try {
            for (UUID id : jobs.running()) {
                // Another version of the application may have asked for types that this one does not know.
                if (jobs.find(id).filter(this::isOurs).isPresent()) {
                    workOn(id);
                }
            }
        } catch (RuntimeException e) {
            log.warn("Cannot look for republish jobs; trying again in {}", pollInterval, e);
        }
    }

    private boolean isOurs(RepublishJob job) {
        return job.aggregateTypes().stream().allMatch(type -> aggregates.ofType(type) != null);
    }

    private void workOn(UUID job) {
        try {
            boolean more = true;
            while (more && isRunning()) {
                more = chunks.next(job);
            }
            jobs.find(job)
                    .filter(now -> now.state() == RepublishJob.State.COMPLETED)
                    .ifPresent(now -> log.info("Republish job {} completed, {} events", job, now.publishedCount()));
        } catch (TransientDataAccessException
                | RecoverableDataAccessException
                | DataAccessResourceFailureException
                | CannotCreateTransactionException e) {
            log.warn("Republish job {} is interrupted and goes on from its last chunk in {}", job, pollInterval, e);
        } catch (RuntimeException e) {
            log.error("Republish job {} failed", job, e);
            jobs.end(job, RepublishJob.State.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private void wake() {
        lock.lock();
        try {
            requested = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void waitForWork() {
        lock.lock();
        try {
            long remaining = pollInterval.toNanos();
            while (!requested && isRunning() && remaining > 0) {
                remaining = changed.awaitNanos(remaining);
            }
            requested = false;
        } catch (InterruptedException e) {
            worker = null;
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
