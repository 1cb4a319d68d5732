package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Progress;

/**
 * Measures how long to wait after a failure: longer after each further one, and from the beginning after a success.
 *
 * <p>A connection that fails at the same event again is not a success. A position that is confirmed for the first time is one; and so,
 * because an idle outbox confirms nothing, is a time without a failure that is as long as the longest delay.
 */
final class Backoff {

    private final RelaySettings settings;
    private final LongSupplier nanoTime;
    /** Failures since the last success. */
    private int failureCount;
    /** The time since which there has been no failure; only while {@code running}. */
    private long runningSince;
    /** True if something went well since the last failure. */
    private boolean running;
    /** The highest position that was ever confirmed; null before the first. */
    private @Nullable Lsn confirmed;

    Backoff(RelaySettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /** Notes a success: the relay is connected, and streams or stands by. Returns whether the failures before it are over. */
    boolean noteSuccess(@Nullable Progress progress) {
        long now = nanoTime.getAsLong();
        if (!running) {
            running = true;
            runningSince = now;
        }
        if (now - runningSince >= settings.maxRetryDelay().toNanos()) {
            failureCount = 0;
        }
        if (progress != null && (confirmed == null || progress.confirmed().isAfter(confirmed))) {
            failureCount = confirmed == null ? failureCount : 0;
            confirmed = progress.confirmed();
        }
        return failureCount == 0;
    }

    /** Notes a failure that does not make the next one more likely; returns the delay before the next attempt. */
    Duration firstDelay() {
        running = false;
        failureCount = Math.max(failureCount, 1);
        return settings.retryDelay(1);
    }

    /** Notes a failure; returns the delay before the next attempt. */
    Duration nextDelay() {
        running = false;
        return settings.retryDelay(++failureCount);
    }
}
