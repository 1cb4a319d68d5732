package dev.fullstate.outbox.jobs;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.retention.RelayLag;
import dev.fullstate.outbox.store.Outbox;

/** Has jobs wait while a relay is behind, so that live events get through. Asks the database once in a while. Thread-safe. */
final class Backpressure {

    private final JobOptions options;
    /** Held by the thread that asks the database. */
    private final ReentrantLock lock = new ReentrantLock();
    /** The time of the database's last answer, by this instance's clock; null before the first answer. Guarded by the lock. */
    private @Nullable Long askedAt;
    /** The obstacle by the last answer; null without one, and before the first answer. Written by the lock's holder only. */
    private volatile @Nullable String obstacle;

    /** A way to ask the database. */
    @FunctionalInterface
    interface Asking {

        Duration ask(Function<Outbox, Duration> question);
    }

    Backpressure(JobOptions options) {
        this.options = options;
    }

    /** {@return the obstacle that jobs wait for; null if there is none} No caller waits for another one that asks: that one may wait for a connection. */
    @Nullable
    String obstacle(Asking database) {
        if (lock.tryLock()) {
            try {
                long now = System.nanoTime();
                if (askedAt == null || now - askedAt >= options.pollInterval().toNanos()) {
                    obstacle = obstacle(database.ask(RelayLag::oldestUnpublishedAge));
                    askedAt = now;
                }
            } finally {
                lock.unlock();
            }
        }
        return obstacle;
    }

    private @Nullable String obstacle(Duration age) {
        return age.compareTo(options.maxLag()) <= 0
                ? null
                : "the relay: its oldest unpublished event is " + age.toSeconds() + " s old, and more than "
                        + options.prefix() + ".max-lag (" + options.maxLag().toSeconds() + " s) makes jobs wait";
    }
}
