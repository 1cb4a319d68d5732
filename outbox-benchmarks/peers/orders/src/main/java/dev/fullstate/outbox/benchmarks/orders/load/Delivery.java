package dev.fullstate.outbox.benchmarks.orders.load;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.benchmarks.orders.arrival.Arrivals;
import dev.fullstate.outbox.benchmarks.orders.arrival.Change;
import dev.fullstate.outbox.benchmarks.orders.arrival.Journal;
import dev.fullstate.outbox.benchmarks.orders.arrival.Window;
import dev.fullstate.outbox.benchmarks.orders.order.Order;
import dev.fullstate.outbox.benchmarks.orders.order.Orders;

/** Loads the way from the transaction to the topic: updates orders, and follows the arrival of their events. */
final class Delivery {

    /** A transaction that starts later than this after its time is late. */
    private static final Duration ON_TIME = Duration.ofMillis(5);

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PACED_THREADS = 16;

    private final Orders orders;
    private final int orderCount;
    private final @Nullable Arrivals arrivals;

    /** @param arrivals {@code null} where no event is expected */
    Delivery(Orders orders, int orderCount, @Nullable Arrivals arrivals) {
        this.orders = orders;
        this.orderCount = orderCount;
        this.arrivals = arrivals;
    }

    /**
     * Makes as many updates as the whole way keeps up with: a writer waits while too many changes are under way.
     *
     * @param maxOutstanding most changes that are being written or are committed and have not arrived
     */
    Map<String, Number> saturate(Duration length, int threads, int maxOutstanding)
            throws InterruptedException, ExecutionException {
        Semaphore permits = new Semaphore(maxOutstanding);
        Window window = Window.afterWarmUp(length);
        Journal journal = journal(window, permits);
        Crew crew = Crew.start(threads, thread -> {
            OwnOrders own = new OwnOrders(thread, threads, orderCount);
            return () -> {
                while (permits.tryAcquire(Math.max(0, window.to() - System.currentTimeMillis()), TimeUnit.MILLISECONDS)
                        && !window.isOver()) {
                    update(own.any(), System.nanoTime(), journal);
                }
            };
        });
        return measured(window, journal, crew);
    }

    /**
     * Updates at a fixed rate, whether or not events arrive: an update that could not start on time starts at once afterwards, and is
     * counted.
     */
    Map<String, Number> rate(int perSecond, Duration length) throws InterruptedException, ExecutionException {
        long warmUpCount = perSecond * Window.warmUp(length).toMillis() / 1_000;
        long count = warmUpCount + perSecond * length.toMillis() / 1_000;
        LongAdder late = new LongAdder();
        AtomicLong next = new AtomicLong();
        Window window = Window.afterWarmUp(length);
        // These writers take no permits.
        Journal journal = journal(window, new Semaphore(0));
        long begin = System.nanoTime();
        Crew crew = Crew.start(PACED_THREADS, thread -> () -> {
            for (long number; (number = next.getAndIncrement()) < count; ) {
                long due = begin + number * TimeUnit.SECONDS.toNanos(1) / perSecond;
                for (long left; (left = due - System.nanoTime()) > 0; ) {
                    LockSupport.parkNanos(left);
                }
                if (number >= warmUpCount && System.nanoTime() - due > ON_TIME.toNanos()) {
                    late.increment();
                }
                update(1 + number % orderCount, due, journal);
            }
        });
        Map<String, Number> figures = measured(window, journal, crew);
        figures.put("startedLate", late.sum());
        return figures;
    }

    private Journal journal(Window window, Semaphore permits) {
        Journal journal = new Journal(window, arrivals != null, permits);
        if (arrivals != null) {
            arrivals.follow(journal);
        }
        return journal;
    }

    /** @param due when it should begin, by {@link System#nanoTime()}: the wait for a thread or for the processor counts as well */
    private void update(long id, long due, Journal journal) {
        Order order = orders.updateRoot(id);
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due);
        journal.committed(new Change(order.id(), order.deliveryAttempts()), micros);
    }

    private Map<String, Number> measured(Window window, Journal journal, Crew crew)
            throws InterruptedException, ExecutionException {
        window.awaitBegin();
        long outstandingAtBegin = journal.outstanding();
        window.awaitEnd();
        long outstandingAtEnd = journal.outstanding();
        crew.join();
        long missing = journal.awaitArrivals(PATIENCE);
        if (arrivals != null) {
            arrivals.requireReading();
        }
        Map<String, Number> figures = journal.figures();
        figures.put("outstandingAtBegin", outstandingAtBegin);
        figures.put("outstandingAtEnd", outstandingAtEnd);
        figures.put("missing", missing);
        return figures;
    }
}
