package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.wal.Holder;

/**
 * Measures for how long the relay that has the slot has been silent (ADR 26). It counts by a clock that never jumps, and between two looks
 * no more than twice their interval: a stand-by that was stopped, perhaps with the other relay's machine, has not listened.
 */
final class Silence {

    private final long longestNanos;
    private final LongSupplier nanoTime;
    /** The holder at the last look. */
    private @Nullable Holder last;
    /** The time of the last look. */
    private long lastLook;
    /** The time for which {@code last} has stayed the same; no look counts for more than {@code longestNanos}. */
    private long nanos;
    /** True if the process of {@code last} has ever shown a sign of life. */
    private boolean heard;

    /** @param interval between two looks */
    Silence(Duration interval, LongSupplier nanoTime) {
        this.longestNanos = interval.multipliedBy(2).toNanos();
        this.nanoTime = nanoTime;
        this.lastLook = nanoTime.getAsLong();
    }

    /** Notes a look; returns for how long nothing has changed. */
    Duration measure(@Nullable Holder holder) {
        long now = nanoTime.getAsLong();
        heard = holder != null && (holder.signOfLife() != null || (heard && holder.isSameProcess(last)));
        nanos = Objects.equals(holder, last) ? nanos + Math.min(now - lastLook, longestNanos) : 0;
        last = holder;
        lastLook = now;
        return Duration.ofNanos(nanos);
    }

    /** Returns whether the relay at the last look has ever shown a sign of life: the silence of one that shows none has no meaning. */
    boolean isTelling() {
        return heard;
    }
}
