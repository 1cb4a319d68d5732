package dev.fullstate.outbox.faults.load;

/**
 * The kinds of transactions that the writers make.
 *
 * @param aggregateCount  how many keys they share
 * @param largePercent    of the transactions have {@code largeEventCount} events, of one statement
 * @param largeEventCount at least
 * @param payloadBytes    of an event, at most
 */
public record Mix(int writerCount, int aggregateCount, int largePercent, int largeEventCount, int payloadBytes) {

    /** Few events at a time, now and then many. */
    public static final Mix ORDINARY = new Mix(3, 40, 1, 500, 300);

    /** One in a hundred transactions has more than 2,000 events. */
    public static final Mix WITH_LARGE = new Mix(4, 60, 1, 2_000, 300);

    /** Events of several kilobytes. */
    public static final Mix BULKY = new Mix(3, 40, 0, 0, 16_000);
}
