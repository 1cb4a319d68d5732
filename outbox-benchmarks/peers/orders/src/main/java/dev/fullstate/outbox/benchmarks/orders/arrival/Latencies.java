package dev.fullstate.outbox.benchmarks.orders.arrival;

import java.util.concurrent.atomic.AtomicLongArray;

/** Times from commit to append in whole milliseconds, as exact as the broker's timestamps. Safe for many threads. */
final class Latencies {

    /** What takes longer counts as this much. */
    private static final int LONGEST = 120_000;

    private final AtomicLongArray counts = new AtomicLongArray(LONGEST + 1);

    /**
     * Counts one.
     *
     * @param milliseconds a negative one counts as 0: the event can be appended before the writer learns of its commit
     */
    void add(long milliseconds) {
        counts.incrementAndGet((int) Math.max(0, Math.min(LONGEST, milliseconds)));
    }

    boolean isEmpty() {
        return percentile(1) < 0;
    }

    /**
     * {@return the time that this fraction of all did not exceed, in milliseconds; -1 if there is none}
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
