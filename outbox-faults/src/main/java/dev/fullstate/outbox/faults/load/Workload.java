package dev.fullstate.outbox.faults.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.faults.server.Outbox;

/**
 * Concurrent writers that commit as many events as they are allowed to, and go on by themselves after the database was away. They
 * remember what the database has acknowledged.
 */
public final class Workload implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Budget budget = new Budget();
    private volatile Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final List<Thread> writers = new ArrayList<>();

    private Workload() {}

    /**
     * Starts writers, which wait for {@link #allow}.
     *
     * @param seed of the writers' random choices
     */
    public static Workload start(Outbox outbox, Mix mix, long seed) {
        Workload workload = new Workload();
        for (int i = 0; i < mix.writerCount(); i++) {
            Writer writer = new Writer(outbox, mix, seed + i, workload.budget, () -> workload.acknowledged);
            Thread thread = new Thread(() -> workload.run(writer), "writer-" + i);
            thread.setDaemon(true);
            thread.start();
            workload.writers.add(thread);
        }
        return workload;
    }

    private void run(Writer writer) {
        try {
            writer.run();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    /** Lets the writers commit about that many more events; returns at once. */
    public void allow(long eventCount) {
        budget.add(eventCount);
    }

    /** Lets the writers commit nothing more than they have begun. */
    public void withdraw() {
        budget.withdraw();
    }

    /** Lets the writers commit about that many more events, and waits until they have. */
    public void commit(long eventCount) {
        allow(eventCount);
        awaitCommitted();
    }

    /** Waits until all that was allowed is committed. */
    public void awaitCommitted() {
        try {
            if (!budget.awaitSpent(PATIENCE)) {
                throw new AssertionError(
                        "The writers could not commit what they may within " + PATIENCE, failure.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the writers", e);
        }
    }

    /** {@return per key the highest version whose commit the database has acknowledged} */
    public Map<String, Long> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    /**
     * Forgets what the database has acknowledged, because it is about to lose the end of its history: to be called between the end of
     * the one server and the appearance of the other, when no writer is connected.
     */
    public void forgetAcknowledged() {
        acknowledged = new ConcurrentHashMap<>();
    }

    @Override
    public void close() {
        writers.forEach(Thread::interrupt);
        Exception first = failure.get();
        if (first != null) {
            throw new IllegalStateException("A writer has failed", first);
        }
    }
}
