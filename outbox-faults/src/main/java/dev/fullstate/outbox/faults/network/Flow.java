package dev.fullstate.outbox.faults.network;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The rate of bytes in one direction, for all connections of a link together. */
final class Flow {

    private static final long UNLIMITED = Long.MAX_VALUE;

    private final AtomicLong passedBytes = new AtomicLong();
    /** True while nothing may pass. */
    private boolean held;

    private long bytesPerSecond = UNLIMITED;
    /** The time from which the next bytes may pass; only grows. */
    private long freeAt = System.nanoTime();

    synchronized void hold() {
        held = true;
    }

    synchronized void limit(long limit) {
        bytesPerSecond = limit;
        freeAt = System.nanoTime();
    }

    synchronized void release() {
        held = false;
        bytesPerSecond = UNLIMITED;
        notifyAll();
    }

    long passedBytes() {
        return passedBytes.get();
    }

    /** Waits until that many bytes may pass. */
    synchronized void pass(int byteCount) throws InterruptedException {
        passedBytes.addAndGet(byteCount);
        while (held) {
            wait();
        }
        if (bytesPerSecond == UNLIMITED) {
            return;
        }
        freeAt = Math.max(freeAt, System.nanoTime()) + byteCount * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
        while (bytesPerSecond != UNLIMITED && System.nanoTime() < freeAt) {
            TimeUnit.NANOSECONDS.timedWait(this, freeAt - System.nanoTime());
        }
    }
}
