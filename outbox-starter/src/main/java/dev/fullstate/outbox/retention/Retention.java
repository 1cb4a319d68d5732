package dev.fullstate.outbox.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.retention.OutboxState.Leaf;
import dev.fullstate.outbox.retention.OutboxState.Obstacle;
import dev.fullstate.outbox.retention.OutboxState.Pipeline;
import dev.fullstate.outbox.retention.OutboxState.Retired;
import dev.fullstate.outbox.retention.OutboxState.Retirement;
import dev.fullstate.outbox.store.Database;

/**
 * Keeps the outbox from growing: empties the leaves whose day is past the retention period, once every relay has noted that their
 * rows are published (docs/adr/0011). Each check also takes the outbox's state, for meters and endpoints.
 *
 * <p>A row that is not published or is younger than the retention period is never removed, and no writer ever waits for the
 * retention. Any number of instances may check at once. Times are the database's.
 */
public final class Retention {

    private static final Logger log = LoggerFactory.getLogger(Retention.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final int LAST_DAY_OF_THE_RING = 15;

    private final Options options;
    private final Database database;
    private final LeafRetirement retirement;

    /** By leaf, the obstacle that this instance's last attempt met; removed once the leaf is empty. */
    private final Map<String, Obstacle> obstacles = new ConcurrentHashMap<>();

    /** By leaf, the last warning, so that each is given once; under the empty name, the one about the outbox as a whole. */
    private final Map<String, Warning> warnings = new ConcurrentHashMap<>();

    private final AtomicLong retiredCount = new AtomicLong();

    /** Null as long as {@link #retiredCount} is zero. A reader may see the count raised before the leaf. */
    private volatile @Nullable Retired lastRetired;

    /** The state after the last check; null before the first, and after one that failed. */
    private volatile @Nullable OutboxState lastState;

    /** Belongs to the running worker: counting it down ends that worker and no later one. */
    private volatile CountDownLatch stopRequested = new CountDownLatch(1);

    /** The thread that checks; null before the start, after the stop, and once the thread has died. */
    private volatile @Nullable Thread worker;

    /** True if the last check failed. Only the worker reads and writes it. */
    private boolean failing;

    /**
     * The settings of a retention.
     *
     * @param enabled whether leaves are retired; the state is taken in any case
     * @param period minimum time for which a row is kept
     * @param checkInterval time between two checks
     */
    public record Options(boolean enabled, Duration period, Duration checkInterval) {}

    /** The content of a warning; the day tells the rounds of the ring apart. */
    private record Warning(@Nullable LocalDate day, Obstacle obstacle) {}

    /** Creates the retention of one outbox. */
    public Retention(Database database, Options options) {
        this.options = options;
        this.database = database;
        this.retirement = new LeafRetirement(database, options.period());
    }

    /**
     * Returns the outbox's present state.
     *
     * @throws org.springframework.dao.DataAccessException if the database does not answer
     */
    public OutboxState state() {
        return database.query(outbox -> state(new Ring(outbox)));
    }

    private OutboxState state(Ring ring) {
        Obstacle obstacle = ring.obstacle(options.enabled()).orElse(null);
        List<Leaf> leaves = ring.leaves(options.period()).stream()
                .map(leaf -> leaf.withObstacle(leaf.overdue() ? obstacles.get(leaf.name()) : null))
                .toList();
        Retirement done = new Retirement(options.enabled(), options.period(), retiredCount.get(), lastRetired);
        if (obstacle != null) {
            return new OutboxState(ring.now(), leaves, List.of(), null, done, obstacle);
        }
        List<Pipeline> pipelines = ring.pipelines();
        Optional<Instant> oldest = pipelines.isEmpty()
                ? ring.oldest()
                : pipelines.stream()
                        .flatMap(pipeline -> Optional.ofNullable(pipeline.oldestUnpublished()).stream())
                        .min(Comparator.naturalOrder());
        return new OutboxState(ring.now(), leaves, pipelines, oldest.orElse(null), done, null);
    }

    /** Returns the outbox's state at the last check; empty before the first check, and after one that failed. */
    public Optional<OutboxState> lastState() {
        return Optional.ofNullable(lastState);
    }

    /** Returns the number of leaves that this instance has retired. */
    public long retiredCount() {
        return retiredCount.get();
    }

    /** Starts to check the outbox, once per interval, on a thread of its own. */
    public void start() {
        CountDownLatch stop = new CountDownLatch(1);
        Thread thread = new Thread(() -> run(stop), "outbox-retention");
        thread.setDaemon(true);
        stopRequested = stop;
        worker = thread;
        thread.start();
    }

    /** Stops the checks, and waits up to ten seconds for one that is running. */
    public void stop() {
        Thread thread = worker;
        worker = null;
        stopRequested.countDown();
        if (thread == null) {
            return;
        }
        try {
            thread.join(STOP_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            log.warn(
                    "A check of the outbox has not ended within {} s; it ends with the database's answer",
                    STOP_TIMEOUT.toSeconds());
        }
    }

    /** Returns whether the checks have been started and not stopped. */
    public boolean isRunning() {
        return worker != null;
    }

    private void run(CountDownLatch stop) {
        try {
            do {
                tryToCheck();
            } while (!stop.await(options.checkInterval().toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            worker = null;
            Thread.currentThread().interrupt();
        } catch (Error e) {
            worker = null;
            lastState = null;
            log.error("The retention's thread has died; other instances go on, and this one after a restart", e);
        }
    }

    private void tryToCheck() {
        try {
            check();
            failing = false;
        } catch (RuntimeException e) {
            lastState = null;
            if (failing) {
                log.debug("The check of the outbox has failed again", e);
            } else {
                log.warn("The check of the outbox has failed; it is repeated every outbox.retention.check-interval", e);
            }
            failing = true;
        }
    }

    /** Retires the leaves that are due, and takes the state afterwards. */
    void check() {
        Obstacle obstacle = database.query(outbox -> new Ring(outbox).obstacle(options.enabled()))
                .orElse(null);
        if (obstacle != null) {
            if (isNew("", new Warning(null, obstacle))) {
                log.warn("{}; nothing is retired. Remedy: {}", obstacle.reason(), obstacle.remedy());
            }
        } else {
            warnings.remove("");
            if (options.enabled()) {
                database.query(outbox -> new Ring(outbox).leaves(options.period())).stream()
                        .filter(Leaf::overdue)
                        .forEach(this::retire);
            }
        }
        lastState = state();
    }

    private void retire(Leaf leaf) {
        Attempt attempt = retirement.attempt(leaf.name());
        if (attempt instanceof Attempt.Kept kept) {
            kept(leaf, kept.obstacle());
            return;
        }
        obstacles.remove(leaf.name());
        if (attempt instanceof Attempt.Retired) {
            retiredCount.incrementAndGet();
            lastRetired = new Retired(leaf.name(), leaf.day(), database.query(outbox -> new Ring(outbox).now()));
            log.info(
                    "Retired {} with the rows of {}, about {} in {} bytes",
                    leaf.name(),
                    leaf.day(),
                    leaf.rowCount(),
                    leaf.sizeBytes());
        }
    }

    private void kept(Leaf leaf, Obstacle obstacle) {
        obstacles.put(leaf.name(), obstacle);
        if (leaf.daysAgo() == LAST_DAY_OF_THE_RING && isNew(leaf.name(), new Warning(leaf.day(), obstacle))) {
            log.warn(
                    "{} with the rows of {} (about {} in {} bytes) cannot be retired, and is used again tomorrow, when it"
                            + " grows further. {}. Remedy: {}",
                    leaf.name(),
                    leaf.day(),
                    leaf.rowCount(),
                    leaf.sizeBytes(),
                    obstacle.reason(),
                    obstacle.remedy());
        }
    }

    private boolean isNew(String about, Warning warning) {
        return !warning.equals(warnings.put(about, warning));
    }
}
