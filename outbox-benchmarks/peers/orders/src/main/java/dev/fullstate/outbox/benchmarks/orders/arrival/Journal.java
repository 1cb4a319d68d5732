package dev.fullstate.outbox.benchmarks.orders.arrival;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Notes the committed changes of one load, and their arrived events. The load's threads and the reader of the topic write to it.
 *
 * <p>The journal returns a permit for every arrived change, so that a writer that takes one before each change waits as soon as too many
 * are under way. Where no event is expected, the commit returns the permit.
 */
public final class Journal {

    /** The step in which the times of transactions are counted: finer than that of arrivals, which have milliseconds. */
    private static final long MICROS_PER_STEP = 50;

    private final Window window;
    private final boolean arrivalsExpected;
    private final Semaphore permits;

    /** The half that was noted first: usually the commit, but the event may arrive before its commit is noted. */
    private final ConcurrentMap<Change, Half> halves = new ConcurrentHashMap<>();

    private final Latencies transactions = new Latencies();
    private final Latencies toAppend = new Latencies();
    private final Latencies toConsumer = new Latencies();
    private final LongAdder committed = new LongAdder();
    private final LongAdder arrived = new LongAdder();
    private final LongAdder committedInWindow = new LongAdder();
    private final LongAdder arrivedInWindow = new LongAdder();
    private final LongAdder duplicates = new LongAdder();
    private final LongAdder overtaken = new LongAdder();

    /** The commit or the arrival of a change, in milliseconds since the epoch. */
    private sealed interface Half {}

    private record Commit(long time) implements Half {}

    private record Arrival(long appended, long consumed) implements Half {}

    /**
     * @param arrivalsExpected whether every change leads to an event
     * @param permits          how many changes may be under way at first
     */
    public Journal(Window window, boolean arrivalsExpected, Semaphore permits) {
        this.window = window;
        this.arrivalsExpected = arrivalsExpected;
        this.permits = permits;
    }

    /**
     * Notes a change, as soon as its commit has returned.
     *
     * @param micros that its transaction took
     */
    public void committed(Change change, long micros) {
        long time = System.currentTimeMillis();
        committed.increment();
        if (window.contains(time)) {
            committedInWindow.increment();
            transactions.add(micros / MICROS_PER_STEP);
        }
        if (!arrivalsExpected) {
            permits.release();
            return;
        }
        if (halves.putIfAbsent(change, new Commit(time)) instanceof Arrival arrival) {
            paired(change, time, arrival);
        }
    }

    /**
     * Notes the first event of a change, as soon as a consumer has it.
     *
     * @param appended the broker's timestamp
     * @param late     whether the event of a later change of the order arrived before
     */
    void arrived(Change change, long appended, boolean late) {
        arrived.increment();
        if (late) {
            overtaken.increment();
        }
        if (window.contains(appended)) {
            arrivedInWindow.increment();
        }
        permits.release();
        Arrival arrival = new Arrival(appended, System.currentTimeMillis());
        if (halves.putIfAbsent(change, arrival) instanceof Commit commit) {
            paired(change, commit.time(), arrival);
        }
    }

    /** Notes a further event of a change that has arrived before. */
    void repeated() {
        duplicates.increment();
    }

    private void paired(Change change, long time, Arrival arrival) {
        halves.remove(change);
        if (window.contains(time)) {
            toAppend.add(arrival.appended() - time);
            toConsumer.add(arrival.consumed() - time);
        }
    }

    /** {@return how many changes are committed and have not arrived} */
    public long outstanding() {
        return arrivalsExpected ? Math.max(0, committed.sum() - arrived.sum()) : 0;
    }

    /**
     * Waits until every change has arrived.
     *
     * @return how many have not arrived within the time
     */
    public long awaitArrivals(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (outstanding() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return outstanding();
    }

    /** {@return the figures of the window; without latencies where no event is expected} */
    public Map<String, Number> figures() {
        Map<String, Number> figures = new LinkedHashMap<>();
        figures.put("committedPerSecond", committedInWindow.sum() / window.seconds());
        if (arrivalsExpected) {
            figures.put("arrivedPerSecond", arrivedInWindow.sum() / window.seconds());
            figures.put("duplicates", duplicates.sum());
            figures.put("overtaken", overtaken.sum());
        }
        if (!transactions.isEmpty()) {
            figures.put("transactionP50Millis", transactions.percentile(0.50) * MICROS_PER_STEP / 1e3);
            figures.put("transactionP99Millis", transactions.percentile(0.99) * MICROS_PER_STEP / 1e3);
        }
        if (!toAppend.isEmpty()) {
            figures.put("latencyP50Millis", toAppend.percentile(0.50));
            figures.put("latencyP95Millis", toAppend.percentile(0.95));
            figures.put("latencyP99Millis", toAppend.percentile(0.99));
            figures.put("latencyMaxMillis", toAppend.percentile(1));
            figures.put("consumerP50Millis", toConsumer.percentile(0.50));
            figures.put("consumerP99Millis", toConsumer.percentile(0.99));
        }
        return figures;
    }
}
