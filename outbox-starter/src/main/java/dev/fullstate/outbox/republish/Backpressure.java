package dev.fullstate.outbox.republish;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.retention.RelayLag;
import dev.fullstate.outbox.store.Outbox;

/** Whether jobs have to wait, so that live events get through. Asks the database once in a while. Thread-safe. */
final class Backpressure {

    private final Duration maxLag;
    private final Duration interval;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Long askedAt;
    private volatile @Nullable String obstacle;

    /** How the database is asked. */
    @FunctionalInterface
    interface Asking {

        Duration ask(Function<Outbox, Duration> question);
    }

    Backpressure(Duration maxLag, Duration interval) {
        this.maxLag = maxLag;
        this.interval = interval;
    }

    /** What jobs wait for; null if for nothing. Nobody waits for another one who asks: that one may be waiting for a connection. */
    @Nullable
    String obstacle(Asking database) {
        if (lock.tryLock()) {
            try {
                long now = System.nanoTime();
                if (askedAt == null || now - askedAt >= interval.toNanos()) {
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
        return age.compareTo(maxLag) <= 0
                ? null
                : "the relay: its oldest unpublished event is " + age.toSeconds()
                        + " s old, and more than outbox.republish.max-lag (" + maxLag.toSeconds()
                        + " s) makes jobs wait";
    }
}
