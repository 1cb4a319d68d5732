package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.wal.Holder;

/**
 * Measures for how long the relay that has the slot has been silent (ADR 26). Only the looks' own clock counts, which never jumps, and of the
 * time between two looks no more than they are apart in good order: whoever has been stopped meanwhile, perhaps with the other relay's
 * machine, has not listened.
 */
final class Silence {

    private final long longestNanos;
    private final LongSupplier nanoTime;
    /** What the last look has shown. */
    private @Nullable Holder last;
    /** When that was. */
    private long lastLook;
    /** How long {@code last} has stayed the same, of which no look counts for more than {@code longestNanos}. */
    private long nanos;
    /** Whether the process of {@code last} has ever shown a sign of life. */
    private boolean heard;

    /** @param interval between two looks */
    Silence(Duration interval, LongSupplier nanoTime) {
        this.longestNanos = interval.multipliedBy(2).toNanos();
        this.nanoTime = nanoTime;
        this.lastLook = nanoTime.getAsLong();
    }

    /** Takes note of a look; returns for how long nothing has changed. */
    Duration measure(@Nullable Holder holder) {
        long now = nanoTime.getAsLong();
        heard = holder != null && (holder.signOfLife() != null || (heard && holder.isSameProcess(last)));
        nanos = Objects.equals(holder, last) ? nanos + Math.min(now - lastLook, longestNanos) : 0;
        last = holder;
        lastLook = now;
        return Duration.ofNanos(nanos);
    }

    /** Tells whether the relay that was looked at last has ever shown a sign of life: of one that shows none, silence tells nothing. */
    boolean isTelling() {
        return heard;
    }
}
