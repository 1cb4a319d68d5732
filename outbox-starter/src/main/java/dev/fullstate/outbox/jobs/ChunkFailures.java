package dev.fullstate.outbox.jobs;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;

import dev.fullstate.outbox.jobs.Job.State;
import dev.fullstate.outbox.store.Database;

/** Decides what becomes of a chunk that failed, notes it, and logs it. Thread-safe. */
final class ChunkFailures {

    private static final Logger log = LoggerFactory.getLogger(ChunkFailures.class);

    /** A chunk that fails so often in a row, though the database answers, will not do better. */
    private static final int MOST_TIMES = 5;

    private static final int SELDOM = 64;

    private final Database database;
    private final JobKind kind;
    private final JobOptions options;
    private final Chunks chunks;
    private final Repetitions repetitions = new Repetitions();

    ChunkFailures(Database database, JobKind kind, JobOptions options, Chunks chunks) {
        this.database = database;
        this.kind = kind;
        this.options = options;
        this.chunks = chunks;
    }

    /** Notes what becomes of a chunk; returns how long to wait for the next one. */
    Duration handle(Subject subject, RuntimeException failure) {
        Slice slice = subject.slice();
        int times = repetitions.count(subject);
        FailureKind asked = FailureKind.of(failure);
        try {
            if (subject.id() != null && failure instanceof PessimisticLockingFailureException) {
                return locked(slice, subject.id(), times);
            }
            boolean counting = slice.pass().equals(Slice.COUNT);
            boolean tooLong = counting && failure instanceof QueryTimeoutException;
            if (asked == FailureKind.WAIT || (asked == FailureKind.RETRY && times < MOST_TIMES && !tooLong)) {
                return interrupted(slice, times, failure);
            }
            if (counting && asked == FailureKind.RETRY && !kind.needsCount(slice)) {
                doWithoutCount(slice, failure);
            } else if (counting || asked == FailureKind.PERMANENT) {
                failJob(slice, failure);
            } else if (subject.id() == null) {
                chunks.leaveOneByOne(slice);
            } else {
                giveUp(slice, subject.id(), failure);
            }
            return Duration.ZERO;
        } catch (RuntimeException e) {
            e.addSuppressed(failure);
            return cannotNote(slice, times, e);
        }
    }

    private Duration locked(Slice slice, String id, int times) {
        chunks.postpone(slice, id);
        if (times == 1) {
            log.info(
                    "{} {} waits for the lock of {} {}; it goes on with others",
                    kind.label(),
                    slice.job(),
                    slice.aggregateType(),
                    id);
        }
        return Duration.ZERO;
    }

    /** The stack trace is the same each time, so only the first line has it. */
    private Duration interrupted(Slice slice, int times, RuntimeException failure) {
        String message = messageOf(failure);
        if (isWorthALine(times)) {
            log.warn(
                    "{} {} is interrupted at type '{}' in attempt {}, and goes on after {}.poll-interval: {}",
                    kind.label(),
                    slice.job(),
                    slice.aggregateType(),
                    times,
                    options.prefix(),
                    message,
                    times == 1 ? failure : null);
        }
        try {
            database.query(outbox -> new SliceTable(outbox)
                    .waiting(
                            slice,
                            "another attempt at type '" + slice.aggregateType() + "' after a failure: " + message));
        } catch (RuntimeException e) {
            log.debug("The database rejects the note of it, so the job does not show it", e);
        }
        return options.pollInterval();
    }

    private void doWithoutCount(Slice slice, RuntimeException failure) {
        log.warn(
                "{} {} cannot count the aggregates of type '{}', and goes on without knowing how many there are: {}",
                kind.label(),
                slice.job(),
                slice.aggregateType(),
                messageOf(failure));
        chunks.skipCount(slice);
    }

    private void giveUp(Slice slice, String id, RuntimeException failure) {
        log.warn("{} {} gives up {} {}", kind.label(), slice.job(), slice.aggregateType(), id, failure);
        chunks.fail(slice, id, slice.aggregateType() + " " + id + ": " + messageOf(failure));
    }

    private void failJob(Slice slice, RuntimeException failure) {
        log.error("{} {} failed at type '{}'", kind.label(), slice.job(), slice.aggregateType(), failure);
        boolean wasRunning = database.query(outbox -> new JobTable(outbox, kind)
                .fail(slice.job(), "Given up at type '" + slice.aggregateType() + "': " + messageOf(failure)));
        if (wasRunning) {
            database.query(outbox -> new JobTable(outbox, kind).settle(slice.job(), State.FAILED));
        }
    }

    /** A chunk that can neither be done nor be noted as failed ends the job, unless the database is away. */
    private Duration cannotNote(Slice slice, int times, RuntimeException failure) {
        if (times > MOST_TIMES + 1 && FailureKind.of(failure) != FailureKind.WAIT) {
            try {
                failJob(slice, failure);
                return Duration.ZERO;
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
        if (isWorthALine(times)) {
            log.warn("Cannot note that a chunk of {} {} failed; it is done again", kind.label(), slice.job(), failure);
        }
        return options.pollInterval();
    }

    /** An attempt follows another every few seconds, perhaps for hours: 1, 2, 4, 8 and so on have a line, and each 64th. */
    private static boolean isWorthALine(int times) {
        return Integer.bitCount(times) == 1 || times % SELDOM == 0;
    }

    private static String messageOf(RuntimeException failure) {
        return String.valueOf(failure.getMessage());
    }
}
