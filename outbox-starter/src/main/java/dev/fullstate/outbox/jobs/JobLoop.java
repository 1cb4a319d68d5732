package dev.fullstate.outbox.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

import dev.fullstate.outbox.jobs.Chunks.Outcome;
import dev.fullstate.outbox.store.Database;

/**
 * Does what the jobs have to do next, round by round: starts jobs, has a chunk done, ends jobs, removes old ones. A job that does not go
 * on shows the reason, and the log has it. Thread-safe: each worker has its rounds at the same time.
 */
final class JobLoop {

    private static final Logger log = LoggerFactory.getLogger(JobLoop.class);

    /** The time after which a worker that has chunks to do looks for other jobs, and whether they may go on. */
    private static final Duration ROUND = Duration.ofMillis(100);

    private final Database database;
    private final JobKind kind;
    private final JobOptions options;
    private final Chunks chunks;
    private final ChunkFailures failures;
    private final Backpressure backpressure;
    private final JobRetention retention;
    /** The jobs that the last round of any worker found to need types that are unknown here: each is logged once. */
    private final Set<UUID> unknown = ConcurrentHashMap.newKeySet();
    /** The reason why the last round of any worker could not look for work; null if it could. */
    private volatile @Nullable String problem;

    JobLoop(Database database, JobKind kind, JobOptions options, Chunks chunks, Backpressure backpressure) {
        this.database = database;
        this.kind = kind;
        this.options = options;
        this.chunks = chunks;
        this.failures = new ChunkFailures(database, kind, options, chunks);
        this.backpressure = backpressure;
        this.retention = new JobRetention(database, kind, options);
    }

    /**
     * Does the next chunks, if there are any to do; returns how long to wait for more.
     *
     * @param moreForOthers run when there are chunks that other workers can do, who may rest
     */
    Duration next(Runnable moreForOthers) {
        try {
            Duration rest = tryNext(moreForOthers);
            problem = null;
            return rest;
        } catch (ChunkException e) {
            problem = null;
            return failures.handle(e.subject(), e.failure());
        } catch (RuntimeException e) {
            return cannotLook(e);
        }
    }

    /** {@return the obstacle for all jobs in this instance; null if there is none} */
    @Nullable
    String obstacle(Backpressure.Asking asking) {
        String inTheWay = problem;
        return inTheWay == null ? backpressure.obstacle(asking) : inTheWay;
    }

    private Duration tryNext(Runnable moreForOthers) {
        database.query(outbox -> {
            JobTable jobs = new JobTable(outbox, kind);
            return jobs.startQueued() + jobs.restartRates();
        });
        if (backpressure.obstacle(database::query) != null) {
            return options.pollInterval();
        }
        Outcome outcome = nextChunks();
        if (outcome == Outcome.DIVISION) {
            moreForOthers.run();
        } else if (outcome != Outcome.CHUNK) {
            database.query(outbox -> new JobTable(outbox, kind).endFinished())
                    .forEach(id -> log.info("{} {} has ended", kind.label(), id));
        }
        if (outcome != Outcome.NOTHING) {
            return Duration.ZERO;
        }
        warnOfUnknownTypes();
        retention.removeSome();
        return untilNext();
    }

    /** Does chunks until a round is over, or there is another outcome. */
    private Outcome nextChunks() {
        long began = System.nanoTime();
        Outcome outcome = chunks.next();
        while (outcome == Outcome.CHUNK && System.nanoTime() - began < ROUND.toNanos()) {
            outcome = chunks.next();
        }
        return outcome;
    }

    private Duration untilNext() {
        return database.query(outbox -> new SliceTable(outbox).untilNext(kind.name(), kind.types()))
                .filter(until -> until.compareTo(options.pollInterval()) < 0)
                .orElse(options.pollInterval());
    }

    private void warnOfUnknownTypes() {
        List<UUID> now = database.query(outbox -> new JobTable(outbox, kind).unknown());
        unknown.retainAll(now);
        now.stream()
                .filter(unknown::add)
                .forEach(id -> log.warn(
                        "{} {} has aggregate types that this instance does not capture; it waits for one that does."
                                + " Cancel it if there is none any more",
                        kind.label(),
                        id));
    }

    /** Logs the stack trace the first time only: the next round tries again, for ever. */
    private Duration cannotLook(RuntimeException failure) {
        String now = "this instance to recover: it cannot look for jobs: "
                + NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
        if (now.equals(problem)) {
            log.debug("Still cannot look for {} jobs", kind.name(), failure);
        } else {
            log.warn(
                    "Cannot look for {} jobs; trying again every {}.poll-interval",
                    kind.name(),
                    options.prefix(),
                    failure);
        }
        problem = now;
        return options.pollInterval();
    }
}
