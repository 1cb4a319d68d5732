package dev.fullstate.outbox.republish;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

import dev.fullstate.outbox.aggregate.MissingVersionException;
import dev.fullstate.outbox.republish.Chunks.ChunkException;
import dev.fullstate.outbox.republish.Chunks.Outcome;
import dev.fullstate.outbox.republish.Chunks.Subject;
import dev.fullstate.outbox.republish.RepublishJob.State;
import dev.fullstate.outbox.store.Outbox;

/** Does whatever the jobs have to do next, and decides what becomes of a chunk that fails. Thread-safe. */
final class JobWork {

    private static final Logger log = LoggerFactory.getLogger(JobWork.class);

    /** Connection failures, resources, shut-downs and terminated backends, and the time-out of an idle transaction. */
    private static final List<String> CONNECTION_STATES = List.of("08", "53", "57P", "25P03");

    private final JobTable jobs;
    private final PartTable parts;
    private final Chunks chunks;
    private final Backpressure backpressure;
    private final JobRetention retention;
    private final Duration pollInterval;

    JobWork(Outbox outbox, Chunks chunks, Backpressure backpressure, Republisher.Options options) {
        this.jobs = new JobTable(outbox);
        this.parts = new PartTable(outbox);
        this.chunks = chunks;
        this.backpressure = backpressure;
        this.retention = new JobRetention(outbox, options.keepJobs());
        this.pollInterval = options.pollInterval();
    }

    /** Does a chunk, if there is one to do; returns how long to wait for the next one. */
    Duration next() {
        try {
            return tryNext();
        } catch (ChunkException e) {
            return failed(e.subject(), e.failure());
        } catch (RuntimeException e) {
            log.warn("Cannot look for republish jobs; trying again in {}", pollInterval, e);
            return pollInterval;
        }
    }

    private Duration tryNext() {
        jobs.startQueued(chunks.types());
        if (backpressure.obstacle() != null) {
            return pollInterval;
        }
        Outcome outcome = chunks.next();
        if (outcome != Outcome.CHUNK) {
            jobs.endFinished().forEach(id -> log.info("Republish job {} has ended", id));
        }
        if (outcome != Outcome.NOTHING) {
            return Duration.ZERO;
        }
        retention.removeSome();
        return untilNext();
    }

    private Duration untilNext() {
        return parts.untilNext(chunks.types())
                .filter(until -> until.compareTo(pollInterval) < 0)
                .orElse(pollInterval);
    }

    private Duration failed(Subject subject, RuntimeException failure) {
        Part part = subject.part();
        String id = subject.id();
        try {
            if (id != null && failure instanceof PessimisticLockingFailureException) {
                chunks.postpone(part, id);
            } else if (isPassing(failure)) {
                log.warn(
                        "Republish job {} is interrupted at type '{}', and goes on in {}",
                        part.job(),
                        part.aggregateType(),
                        pollInterval,
                        failure);
                return pollInterval;
            } else if (part.pass() == Part.Pass.COUNT || isOfTheWhole(failure)) {
                failJob(part, failure);
            } else if (id == null) {
                chunks.contend(part);
            } else {
                log.warn("Republish job {} cannot publish {} {}", part.job(), part.aggregateType(), id, failure);
                chunks.fail(part, id, part.aggregateType() + " " + id + ": " + failure.getMessage());
            }
            return Duration.ZERO;
        } catch (RuntimeException e) {
            e.addSuppressed(failure);
            log.warn("Cannot note that a chunk of republish job {} failed; it is done again", part.job(), e);
            return pollInterval;
        }
    }

    private void failJob(Part part, RuntimeException failure) {
        log.error("Republish job {} failed at type '{}'", part.job(), part.aggregateType(), failure);
        if (jobs.fail(part.job(), "Given up at type '" + part.aggregateType() + "': " + failure.getMessage())) {
            jobs.settle(part.job(), State.FAILED);
        }
    }

    /** The database was away, or something else was in the way that will be gone. */
    private static boolean isPassing(RuntimeException failure) {
        return failure instanceof TransientDataAccessException
                || failure instanceof RecoverableDataAccessException
                || failure instanceof DataAccessResourceFailureException
                || failure instanceof TransactionException
                || isOfTheConnection(failure);
    }

    /** The server has ended the connection, or has no room for one. Not all such states have an exception of their own. */
    private static boolean isOfTheConnection(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String state = cause instanceof SQLException database ? database.getSQLState() : null;
            if (state != null && CONNECTION_STATES.stream().anyMatch(state::startsWith)) {
                return true;
            }
        }
        return false;
    }

    /** Tables, rights or the versions of old rows are missing, whichever aggregate it is. One statement mends them all. */
    private static boolean isOfTheWhole(RuntimeException failure) {
        return failure instanceof InvalidDataAccessResourceUsageException
                || failure instanceof PermissionDeniedDataAccessException
                || NestedExceptionUtils.getMostSpecificCause(failure) instanceof MissingVersionException;
    }
}
