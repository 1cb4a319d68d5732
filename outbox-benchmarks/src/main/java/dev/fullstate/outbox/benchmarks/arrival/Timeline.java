package dev.fullstate.outbox.benchmarks.arrival;

/**
 * The times of the events of a drain, in milliseconds since the epoch.
 *
 * @param events       how many
 * @param firstMillis  the first
 * @param middleMillis the one after which half of them is left
 * @param lastMillis   the last
 */
public record Timeline(int events, long firstMillis, long middleMillis, long lastMillis) {

    /** {@return events per second from the first to the last} */
    public double throughput() {
        return perSecond(events, lastMillis - firstMillis);
    }

    /** {@return events per second in the second half, when the contender is warm} */
    public double warmThroughput() {
        return perSecond(events - events / 2, lastMillis - middleMillis);
    }

    private static double perSecond(int count, long millis) {
        return count * 1000.0 / Math.max(1, millis);
    }
}
