package dev.fullstate.outbox.benchmarks.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A figure divided by another of the same run, so that a slow machine does not count.
 *
 * @param value  of the medians
 * @param min    of a round
 * @param max    of a round
 * @param rounds how many
 */
record Ratio(double value, double min, double max, int rounds) {

    /** {@return the figure itself, where there is nothing to divide it by} */
    static Ratio of(Figure figure) {
        return new Ratio(
                figure.median(), figure.min(), figure.max(), figure.rounds().size());
    }

    /** {@return the ratio; empty if the rounds are not the same, or the divisor was 0 in one of them} */
    static Optional<Ratio> of(Figure figure, Figure divisor) {
        List<Double> values = figure.rounds();
        List<Double> divisors = divisor.rounds();
        if (values.size() != divisors.size() || divisors.contains(0.0)) {
            return Optional.empty();
        }
        // The contenders of a round ran one after the other, so drift does not touch the ratio within a round.
        double[] ratios = IntStream.range(0, values.size())
                .mapToDouble(round -> values.get(round) / divisors.get(round))
                .sorted()
                .toArray();
        return Optional.of(
                new Ratio(figure.median() / divisor.median(), ratios[0], ratios[ratios.length - 1], ratios.length));
    }

    /** {@return half the distance between the rounds, as a share of the value} */
    double noise() {
        return max == min ? 0 : (max - min) / 2 / value;
    }

    @Override
    public String toString() {
        return rounds == 1
                ? Significant.text(value)
                : "%s (%s–%s)".formatted(Significant.text(value), Significant.text(min), Significant.text(max));
    }
}
