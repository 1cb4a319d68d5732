package dev.fullstate.outbox.benchmarks.orders.arrival;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The time of a measurement, after a warm-up. Milliseconds of the wall clock, because the broker's timestamps are.
 *
 * @param from first millisecond
 * @param to   the millisecond after the last
 */
public record Window(long from, long to) {

    /** {@return the window that begins now, after a warm-up of half its length} */
    public static Window afterWarmUp(Duration length) {
        long from = System.currentTimeMillis() + warmUp(length).toMillis();
        return new Window(from, from + length.toMillis());
    }

    /** {@return how long the warm-up of a window is} */
    public static Duration warmUp(Duration length) {
        return length.dividedBy(2);
    }

    public boolean contains(long time) {
        return from <= time && time < to;
    }

    public boolean isOver() {
        return System.currentTimeMillis() >= to;
    }

    public double seconds() {
        return (to - from) / 1e3;
    }

    /** Returns when the window begins. */
    public void awaitBegin() {
        await(from);
    }

    /** Returns when the window is over. */
    public void awaitEnd() {
        await(to);
    }

    private static void await(long time) {
        for (long left; (left = time - System.currentTimeMillis()) > 0; ) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(left));
        }
    }
}
