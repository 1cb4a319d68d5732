package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.LongSupplier;

import dev.fullstate.outbox.relay.wal.Subscription;

/**
 * Makes sure now and then that the relay still leads, while it reads the table through another connection than the one by which it does: a
 * successor may have begun.
 */
final class LeadWatch {

    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final Subscription subscription;
    private final LongSupplier nanoTime;
    /** The time of the last look, or of the begin; only rises. */
    private long lookedAt;

    LeadWatch(Subscription subscription, LongSupplier nanoTime) {
        this.subscription = subscription;
        this.nanoTime = nanoTime;
        this.lookedAt = nanoTime.getAsLong();
    }

    void step() {
        long now = nanoTime.getAsLong();
        if (now - lookedAt >= INTERVAL_NANOS) {
            subscription.requireLead();
            lookedAt = now;
        }
    }
}
