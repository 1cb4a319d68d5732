package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.wal.Holder;

/**
 * For how long nothing has been heard of the relay that has the slot. Only the looks' own clock counts, which never jumps, and of the
 * time between two looks no more than they are apart in good order: whoever has been stopped meanwhile, perhaps with the other relay's
 * machine, has not listened.
 */
final class Silence {

    private final long longestNanos;
    private final LongSupplier nanoTime;
    private @Nullable Holder last;
    private long lastLook;
    private long nanos;
    private boolean heard;

    /** @param interval between two looks */
    Silence(Duration interval, LongSupplier nanoTime) {
        this.longestNanos = interval.multipliedBy(2).toNanos();
        this.nanoTime = nanoTime;
        this.lastLook = nanoTime.getAsLong();
    }

    /** Takes note of a look; returns for how long nothing has changed. */
    Duration at(@Nullable Holder holder) {
        long now = nanoTime.getAsLong();
        heard = holder != null && (holder.signOfLife() != null || (heard && holder.isSameProcess(last)));
        nanos = Objects.equals(holder, last) ? nanos + Math.min(now - lastLook, longestNanos) : 0;
        last = holder;
        lastLook = now;
        return Duration.ofNanos(nanos);
    }

    /** Whether the relay that was looked at last has ever shown a sign of life: of one that shows none, silence tells nothing. */
    boolean tells() {
        return heard;
    }
}
