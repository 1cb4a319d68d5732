package dev.fullstate.outbox.benchmarks.report;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One measured quantity of one contender in one case, over all rounds of the run.
 *
 * @param benchmarkCase the case, such as {@code drain-1k}
 * @param contender     the contender
 * @param metric        the measured quantity, such as {@link Metric#THROUGHPUT}
 * @param unit          of the values, such as {@code events/s}
 * @param rounds        one value per round, in the order of the rounds; not empty
 * @param settings      the settings of the case and the contender; sorted by name
 */
public record Figure(
        String benchmarkCase,
        String contender,
        String metric,
        String unit,
        List<Double> rounds,
        Map<String, String> settings) {

    public Figure {
        if (rounds.isEmpty() || !rounds.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("Case %s measured %s of %s as %s; expected a number for each round"
                    .formatted(benchmarkCase, metric, contender, rounds));
        }
        rounds = List.copyOf(rounds);
        SortedMap<String, String> sorted = new TreeMap<>(settings);
        settings = Collections.unmodifiableMap(sorted);
    }

    public double median() {
        List<Double> sorted = rounds.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    public double min() {
        return rounds.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    public double max() {
        return rounds.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    Figure rounded() {
        List<Double> values = rounds.stream()
                .map(value -> Significant.round(value).doubleValue())
                .toList();
        return new Figure(benchmarkCase, contender, metric, unit, values, settings);
    }
}
