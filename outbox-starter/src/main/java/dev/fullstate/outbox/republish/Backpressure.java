package dev.fullstate.outbox.republish;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.store.RelayLag;

/** Whether jobs have to wait, so that live events get through. Asks the database once in a while. Thread-safe. */
final class Backpressure {

    private final RelayLag lag;
    private final Duration maxLag;
    private final Duration interval;
    private @Nullable Long askedAt;
    private @Nullable String obstacle;

    Backpressure(RelayLag lag, Duration maxLag, Duration interval) {
        this.lag = lag;
        this.maxLag = maxLag;
        this.interval = interval;
    }

    /** What jobs wait for; null if for nothing. */
    synchronized @Nullable String obstacle() {
        long now = System.nanoTime();
        if (askedAt == null || now - askedAt >= interval.toNanos()) {
            Duration age = lag.oldestUnpublishedAge();
            obstacle = age.compareTo(maxLag) <= 0
                    ? null
                    : "the relay: its oldest unpublished event is " + age.toSeconds()
                            + " s old, and more than outbox.republish.max-lag (" + maxLag.toSeconds()
                            + " s) makes jobs wait";
            askedAt = now;
        }
        return obstacle;
    }
}
