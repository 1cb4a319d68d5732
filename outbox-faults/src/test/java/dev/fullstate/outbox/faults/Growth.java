package dev.fullstate.outbox.faults;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A figure that may not grow in a long run: the median of its last third is compared with that of its second. In the first third, caches,
 * pools and classes get their size.
 *
 * @param factor by which the medians may differ
 * @param slack  by which they may differ in addition
 */
record Growth(String figure, ToLongFunction<Figures> of, double factor, long slack) {

    /** The fewest figures that tell a trend from chance. */
    static final int LEAST = 12;

    /**
     * The live heap varies by some megabytes from round to round, because a producer keeps its buffers, and by much less in the median. A
     * producer that is being closed has a thread and two sockets for a moment. The log depends on the faults that are
     * drawn, and on how long the servers take to come back.
     */
    private static final List<Growth> ALL = List.of(
            new Growth("bytes of live heap", Figures::liveHeapBytes, 1.02, 512 * 1024),
            new Growth("threads", Figures::threads, 1, 2),
            new Growth("open sockets", Figures::sockets, 1, 2),
            new Growth("open files", Figures::files, 1, 2),
            new Growth("connections to PostgreSQL", Figures::backends, 1, 0),
            new Growth("bytes of log a round", Figures::logBytes, 1.5, 2 * 1024));

    /** {@return the figures that have grown; none where the series has fewer than {@value #LEAST} entries} */
    static List<Growth> grown(List<Figures> series) {
        return series.size() < LEAST
                ? List.of()
                : ALL.stream().filter(growth -> growth.isIn(series)).toList();
    }

    /** {@return the medians of the three thirds of all figures, a line for each} */
    static String medians(List<Figures> series) {
        StringBuilder lines = new StringBuilder();
        for (Growth growth : ALL) {
            lines.append("%n%s: %d, %d, %d"
                    .formatted(
                            growth.figure,
                            growth.median(series, 0),
                            growth.median(series, 1),
                            growth.median(series, 2)));
        }
        return lines.toString();
    }

    private boolean isIn(List<Figures> series) {
        return median(series, 2) > median(series, 1) * factor + slack;
    }

    private long median(List<Figures> series, int third) {
        int size = series.size();
        long[] values = series.subList(third * size / 3, (third + 1) * size / 3).stream()
                .mapToLong(of)
                .sorted()
                .toArray();
        return values.length == 0 ? 0 : values[values.length / 2];
    }
}
