package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.LongSupplier;

import dev.fullstate.outbox.relay.wal.SlotStatus;
import dev.fullstate.outbox.relay.wal.Subscription;
import dev.fullstate.outbox.relay.wal.WalSession;

/**
 * Looks at the server now and then while rows are read from the table beside the stream: whether this relay still leads, which it does by another
 * connection than the one that reads, and how much WAL the slot keeps meanwhile.
 */
final class SessionWatch {

    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final WalSession session;
    private final Subscription subscription;
    private final RelayStatistics statistics;
    private final LongSupplier nanoTime;
    /** The time of the last look, or of the begin; only rises. */
    private long lookedAt;

    SessionWatch(Stages stages, Connected connected) {
        this.session = connected.session();
        this.subscription = connected.subscription();
        this.statistics = stages.statistics();
        this.nanoTime = stages.nanoTime();
        this.lookedAt = nanoTime.getAsLong();
    }

    void step() {
        long now = nanoTime.getAsLong();
        if (now - lookedAt >= INTERVAL_NANOS) {
            subscription.requireLead();
            statistics.setSlot(session.slotStatus().filter(SlotStatus::exists).orElse(null));
            lookedAt = now;
        }
    }
}
