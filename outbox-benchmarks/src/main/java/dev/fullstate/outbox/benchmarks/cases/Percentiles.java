package dev.fullstate.outbox.benchmarks.cases;

import java.util.Arrays;

/** The distribution of measured values. */
final class Percentiles {

    private final double[] sorted;

    Percentiles(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("Nothing was measured");
        }
        this.sorted = values.clone();
        Arrays.sort(sorted);
    }

    /** {@return the smallest value that at least this share of all values does not exceed} */
    double at(double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(0, rank - 1)];
    }
}
