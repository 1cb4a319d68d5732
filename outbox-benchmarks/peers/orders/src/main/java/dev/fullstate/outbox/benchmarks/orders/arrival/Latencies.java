package dev.fullstate.outbox.benchmarks.orders.arrival;

import java.util.concurrent.atomic.AtomicLongArray;

/** Times in whole steps of the caller's choice. Safe for many threads. */
final class Latencies {

    /** Longer times count as this much. */
    private static final int LONGEST = 120_000;

    private final AtomicLongArray counts = new AtomicLongArray(LONGEST + 1);

    /**
     * Counts one.
     *
     * @param steps a negative number counts as 0: the event can be appended before the writer learns of its commit
     */
    void add(long steps) {
        counts.incrementAndGet((int) Math.max(0, Math.min(LONGEST, steps)));
    }

    boolean isEmpty() {
        return percentile(1) < 0;
    }

    /**
     * {@return the time that this fraction of all did not exceed, in steps; -1 if there is none}
     *
     * @param fraction between 0 and 1
     */
    long percentile(double fraction) {
        long total = 0;
        for (int time = 0; time <= LONGEST; time++) {
            total += counts.get(time);
        }
        long left = Math.max(1, (long) Math.ceil(total * fraction));
        for (int time = 0; time <= LONGEST; time++) {
            left -= counts.get(time);
            if (left <= 0) {
                return time;
            }
        }
        return -1;
    }
}
