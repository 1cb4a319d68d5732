package dev.fullstate.outbox.benchmarks.orders.load;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.benchmarks.orders.arrival.Arrivals;
import dev.fullstate.outbox.benchmarks.orders.load.Republishing.Progress;

/** Publishes all orders again, alone or beside live changes. */
final class RepublishLoad {

    private static final long LOOK_MILLIS = 50;
    private static final int SHARES = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Republishing republishing;
    private final @Nullable Arrivals arrivals;

    /** @param arrivals {@code null} where no event is expected */
    RepublishLoad(Republishing republishing, @Nullable Arrivals arrivals) {
        this.republishing = republishing;
        this.arrivals = arrivals;
    }

    /** Runs one job, from its start to its end, and to the arrival of its last event. */
    Map<String, Number> run() throws InterruptedException {
        long before = arrivals == null ? 0 : arrivals.republished().count();
        UUID job = republishing.start(0);
        Progress progress = republishing.progress(job);
        while (!progress.isOver()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            progress = republishing.progress(job);
        }
        Map<String, Number> figures = figures(progress);
        if (arrivals != null) {
            long last = awaitArrivals(arrivals, before + progress.published());
            figures.put("arrivedPerSecond", perSecond(progress, Instant.ofEpochMilli(last)));
        }
        return figures;
    }

    private static long awaitArrivals(Arrivals arrivals, long count) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (arrivals.republished().count() < count) {
            arrivals.requireReading();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Of %d republished orders, %d have arrived %s after the end of the job"
                        .formatted(count, arrivals.republished().count(), PATIENCE));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return arrivals.republished().appended();
    }

    /** Runs one job, and measures the live heap after each twentieth of it. */
    Map<String, Number> runWithHeap() throws InterruptedException {
        Map<String, Number> heap = new LinkedHashMap<>();
        heap.put("liveHeapMegabytesBefore", liveHeapMegabytes());
        double peak = 0;
        int share = 1;
        UUID job = republishing.start(0);
        Progress progress = republishing.progress(job);
        while (!progress.isOver()) {
            if (progress.total() > 0 && progress.published() * SHARES >= progress.total() * share) {
                double live = liveHeapMegabytes();
                peak = Math.max(peak, live);
                heap.put("liveHeapMegabytesAt" + 100 * share / SHARES, live);
                share++;
            } else {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            progress = republishing.progress(job);
        }
        heap.put("liveHeapMegabytesPeak", peak);
        heap.putAll(figures(progress));
        return heap;
    }

    /** Measures the heap in use right after a full collection, which is alive; it takes a fraction of a second. */
    private static double liveHeapMegabytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed() / 1e6;
    }

    private static Map<String, Number> figures(Progress progress) {
        Instant finishedAt = progress.finishedAt();
        if (finishedAt == null || progress.published() != progress.total()) {
            throw new IllegalStateException("The job has not published all orders: " + progress);
        }
        Map<String, Number> figures = new LinkedHashMap<>();
        figures.put("ordersPerSecond", perSecond(progress, finishedAt));
        figures.put("orders", progress.published());
        return figures;
    }

    private static double perSecond(Progress progress, Instant end) {
        Duration took = Duration.between(Objects.requireNonNull(progress.startedAt()), end);
        return progress.published() * 1e9 / took.toNanos();
    }

    /** A measurement while orders are published again. */
    interface Live {
        Map<String, Number> run() throws InterruptedException, ExecutionException;
    }

    /**
     * Runs job after job, from the beginning to the end of another load.
     *
     * @param perSecond limit of the jobs; 0 for none
     * @return the figures of the other load, and {@code republishedPerSecond}
     */
    Map<String, Number> beside(Live live, int perSecond) throws InterruptedException, ExecutionException {
        AtomicBoolean over = new AtomicBoolean();
        LongAdder published = new LongAdder();
        long began = System.nanoTime();
        Crew crew = Crew.start(1, thread -> () -> {
            while (!over.get()) {
                published.add(runUntil(over, perSecond));
            }
        });
        Map<String, Number> figures;
        double seconds;
        try {
            figures = new LinkedHashMap<>(live.run());
        } finally {
            over.set(true);
            seconds = (System.nanoTime() - began) / 1e9;
        }
        crew.join();
        figures.put("republishedPerSecond", published.sum() / seconds);
        return figures;
    }

    private long runUntil(AtomicBoolean over, int perSecond) throws InterruptedException {
        UUID job = republishing.start(perSecond);
        while (!over.get() && !republishing.progress(job).isOver()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        republishing.cancel(job);
        return republishing.progress(job).published();
    }
}
