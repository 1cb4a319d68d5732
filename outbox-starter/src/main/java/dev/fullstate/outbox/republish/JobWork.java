package dev.fullstate.outbox.republish;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;

import dev.fullstate.outbox.republish.Chunks.ChunkException;
import dev.fullstate.outbox.republish.Chunks.Outcome;
import dev.fullstate.outbox.republish.Chunks.Subject;
import dev.fullstate.outbox.republish.RepublishJob.State;
import dev.fullstate.outbox.store.Database;

/**
 * Does whatever the jobs have to do next, and decides what becomes of a chunk that fails. What does not go on says so, in the log
 * and to those who look at the job. Thread-safe.
 */
final class JobWork {

    private static final Logger log = LoggerFactory.getLogger(JobWork.class);

    /** A chunk that fails so often in a row, though the database answers, will not do better. */
    private static final int MOST_TIMES = 5;

    private final Database database;
    private final Set<String> types;
    private final Chunks chunks;
    private final Backpressure backpressure;
    private final JobRetention retention;
    private final Duration pollInterval;
    private final Repetitions repetitions = new Repetitions();
    private final Set<UUID> unknown = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String problem;

    JobWork(
            Database database,
            Set<String> types,
            Chunks chunks,
            Backpressure backpressure,
            Republisher.Options options) {
        this.database = database;
        this.types = types;
        this.chunks = chunks;
        this.backpressure = backpressure;
        this.retention = new JobRetention(database, options.keepJobs());
        this.pollInterval = options.pollInterval();
    }

    /** Does a chunk, if there is one to do; returns how long to wait for the next one. */
    Duration next() {
        try {
            Duration rest = tryNext();
            problem = null;
            return rest;
        } catch (ChunkException e) {
            problem = null;
            return failed(e.subject(), e.failure());
        } catch (RuntimeException e) {
            return cannotLook(e);
        }
    }

    /** Why no job goes on in this instance; null if some may. */
    @Nullable
    String obstacle(Backpressure.Asking asking) {
        String inTheWay = problem;
        return inTheWay == null ? backpressure.obstacle(asking) : inTheWay;
    }

    private Duration tryNext() {
        database.query(outbox -> new JobTable(outbox).startQueued(types));
        if (backpressure.obstacle(database::query) != null) {
            return pollInterval;
        }
        Outcome outcome = chunks.next();
        if (outcome != Outcome.CHUNK) {
            database.query(outbox -> new JobTable(outbox).endFinished())
                    .forEach(id -> log.info("Republish job {} has ended", id));
        }
        if (outcome != Outcome.NOTHING) {
            return Duration.ZERO;
        }
        sayWhatIsUnknown();
        retention.removeSome();
        return untilNext();
    }

    private Duration untilNext() {
        return database.query(outbox -> new PartTable(outbox).untilNext(types))
                .filter(until -> until.compareTo(pollInterval) < 0)
                .orElse(pollInterval);
    }

    private void sayWhatIsUnknown() {
        List<UUID> now = database.query(outbox -> new JobTable(outbox).unknown(types));
        unknown.retainAll(now);
        now.stream()
                .filter(unknown::add)
                .forEach(id -> log.warn(
                        "Republish job {} has aggregate types that this instance does not capture; it waits for one that does."
                                + " Cancel it if there is none any more",
                        id));
    }

    /** Said in full the first time only: it is tried again for ever. */
    private Duration cannotLook(RuntimeException failure) {
        String now = "this instance to recover: it cannot look for jobs: "
                + NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
        if (now.equals(problem)) {
            log.debug("Still cannot look for republish jobs", failure);
        } else {
            log.warn("Cannot look for republish jobs; trying again every outbox.republish.poll-interval", failure);
        }
        problem = now;
        return pollInterval;
    }

    private Duration failed(Subject subject, RuntimeException failure) {
        Part part = subject.part();
        int times = repetitions.count(subject);
        FailureKind kind = FailureKind.of(failure);
        try {
            if (subject.id() != null && failure instanceof PessimisticLockingFailureException) {
                return locked(part, subject.id(), times);
            }
            boolean counting = part.pass() == Part.Pass.COUNT;
            boolean tooLong = counting && failure instanceof QueryTimeoutException;
            if (kind == FailureKind.CONNECTION || (kind == FailureKind.PASSING && times < MOST_TIMES && !tooLong)) {
                return interrupted(part, times, failure);
            }
            if (counting && kind == FailureKind.PASSING && part.isOfAll()) {
                doWithoutCount(part, failure);
            } else if (counting || kind == FailureKind.OF_ALL) {
                failJob(part, failure);
            } else if (subject.id() == null) {
                chunks.contend(part);
            } else {
                giveUp(part, subject.id(), failure);
            }
            return Duration.ZERO;
        } catch (RuntimeException e) {
            e.addSuppressed(failure);
            return cannotNote(part, times, e);
        }
    }

    private Duration locked(Part part, String id, int times) {
        chunks.postpone(part, id);
        if (times == 1) {
            log.info(
                    "Republish job {} waits for the lock of {} {}; it goes on with others",
                    part.job(),
                    part.aggregateType(),
                    id);
        }
        return Duration.ZERO;
    }

    /** The stack trace is the same each time. */
    private Duration interrupted(Part part, int times, RuntimeException failure) {
        String message = messageOf(failure);
        log.warn(
                "Republish job {} is interrupted at type '{}', and goes on after outbox.republish.poll-interval: {}",
                part.job(),
                part.aggregateType(),
                message,
                times == 1 ? failure : null);
        try {
            database.query(outbox -> new PartTable(outbox)
                    .waiting(
                            part,
                            "another attempt at type '" + part.aggregateType() + "' after a failure: " + message));
        } catch (RuntimeException e) {
            log.debug("The database does not take a note of it, so those who look at the job do not see it", e);
        }
        return pollInterval;
    }

    private void doWithoutCount(Part part, RuntimeException failure) {
        log.warn(
                "Republish job {} cannot count the aggregates of type '{}', and goes on without knowing how many there are: {}",
                part.job(),
                part.aggregateType(),
                messageOf(failure));
        chunks.skipCount(part);
    }

    private void giveUp(Part part, String id, RuntimeException failure) {
        log.warn("Republish job {} cannot publish {} {}", part.job(), part.aggregateType(), id, failure);
        chunks.fail(part, id, part.aggregateType() + " " + id + ": " + messageOf(failure));
    }

    private void failJob(Part part, RuntimeException failure) {
        log.error("Republish job {} failed at type '{}'", part.job(), part.aggregateType(), failure);
        boolean wasRunning = database.query(outbox -> new JobTable(outbox)
                .fail(part.job(), "Given up at type '" + part.aggregateType() + "': " + messageOf(failure)));
        if (wasRunning) {
            database.query(outbox -> new JobTable(outbox).settle(part.job(), State.FAILED));
        }
    }

    /** What cannot be done chunk by chunk nor be noted as such ends the job, unless it is the database that is away. */
    private Duration cannotNote(Part part, int times, RuntimeException failure) {
        if (times > MOST_TIMES + 1 && FailureKind.of(failure) != FailureKind.CONNECTION) {
            try {
                failJob(part, failure);
                return Duration.ZERO;
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
        log.warn("Cannot note that a chunk of republish job {} failed; it is done again", part.job(), failure);
        return pollInterval;
    }

    private static String messageOf(RuntimeException failure) {
        return String.valueOf(failure.getMessage());
    }
}
