package dev.fullstate.outbox.benchmarks.cases;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.benchmarks.contender.Measured;
import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.report.Metric;

/**
 * Measures the memory of a job: the smallest heap with which an application republishes a few orders, and the live bytes on a heap
 * of twice that size while it republishes fifty times as many. On the smallest heap the collector would be measured.
 *
 * @param folder of the applications
 * @param few    orders for the least heap
 * @param many   orders that are published again with twice that heap
 */
public record RepublishHeapCase(Path folder, int few, int many) implements Case {

    /** The name. */
    public static final String NAME = "republish-heap";

    private static final Logger log = LoggerFactory.getLogger(RepublishHeapCase.class);

    private static final List<Integer> HEAPS_IN_MB = List.of(20, 24, 28, 32, 40, 48, 64, 96, 128, 192, 256);
    private static final double MOST_GROWTH_IN_MB = 5;
    private static final List<Integer> PERCENT = List.of(5, 25, 50, 75, 95);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean needsWarmBroker() {
        return false;
    }

    @Override
    public List<Figure> run(Bench bench) throws SQLException {
        Figures figures =
                new Figures(NAME, Map.of("few-orders", Integer.toString(few), "many-orders", Integer.toString(many)));
        String who = RepublishCase.NAME;
        int least = leastHeap(bench);
        figures.add(who, "least-heap", "MB", least);
        try (Service service = Service.unpublished(bench, NAME, folder, many, 2 * least)) {
            figures.settings(who, service.application().settings());
            Rounds.each(NAME, bench.rounds(), List.of(service), each -> who, (each, turn) -> {
                Measured measured = each.application().republishWithHeap();
                requireFlat(measured);
                figures.add(who, "live-heap-before", "MB", measured.get("liveHeapMegabytesBefore"));
                PERCENT.forEach(percent -> measured.find("liveHeapMegabytesAt" + percent)
                        .ifPresent(value -> figures.add(who, "live-heap-at-" + percent + "%", "MB", value)));
                figures.add(who, "live-heap-peak", "MB", measured.get("liveHeapMegabytesPeak"));
                figures.add(who, Metric.THROUGHPUT, "aggregates/s", measured.get("ordersPerSecond"));
                figures.add(who, "peak-rss", "MB", each.application().usage().peakResidentBytes() / 1e6);
                each.emptyOutbox();
            });
        }
        return figures.toList();
    }

    /**
     * Makes sure that the live bytes do not depend on the job's progress. With a million aggregates, even six retained bytes of each show.
     *
     * @throws IllegalStateException if it has grown
     */
    static void requireFlat(Measured measured) {
        double first = measured.find("liveHeapMegabytesAt5").orElse(0.0);
        double last = measured.find("liveHeapMegabytesAt95").orElse(0.0);
        if (last > first + MOST_GROWTH_IN_MB) {
            throw new IllegalStateException(
                    "The heap grows with the job: %.1f MB were alive after 5 %% of it, and %.1f MB after 95 %%"
                            .formatted(first, last));
        }
    }

    /** Finds the smallest of the sizes that suffices, by halving: more heap never does less. */
    private int leastHeap(Bench bench) throws SQLException {
        int tooSmall = -1;
        int enough = HEAPS_IN_MB.size();
        while (enough - tooSmall > 1) {
            int middle = (tooSmall + enough) / 2;
            if (suffices(bench, HEAPS_IN_MB.get(middle))) {
                enough = middle;
            } else {
                tooSmall = middle;
            }
        }
        if (enough == HEAPS_IN_MB.size()) {
            throw new IllegalStateException("The application does not publish " + few + " orders again with "
                    + HEAPS_IN_MB.get(enough - 1) + " MB of heap");
        }
        return HEAPS_IN_MB.get(enough);
    }

    private boolean suffices(Bench bench, int megabytes) throws SQLException {
        try (Service service = Service.unpublished(bench, NAME, folder, few, megabytes)) {
            service.application().republish();
            return true;
        } catch (IllegalStateException e) {
            log.info("{} MB of heap are not enough", megabytes, e);
            return false;
        }
    }
}
