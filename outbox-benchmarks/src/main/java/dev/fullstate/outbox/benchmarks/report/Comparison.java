package dev.fullstate.outbox.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Compares two runs: each figure's ratio to that of its case's reference, because machines are faster at one time than at another; where
 * there is no reference, the figure itself.
 *
 * <p>The noise of a ratio is half the distance between its smallest and its largest round, as a share of the ratio. Two runs agree if they
 * differ by no more than the noise of both together. A single round shows nothing of its noise, and is not counted.
 */
final class Comparison {

    /** The values of the same quantity in two runs; the reference is null where the figures themselves are compared. */
    private record Line(Figure figure, @Nullable String reference, Ratio first, Ratio second) {

        /** The reference would always agree with itself. */
        boolean isReference() {
            return figure.contender().equals(reference);
        }

        boolean counts() {
            return first.rounds() > 1 && second.rounds() > 1;
        }

        double difference() {
            return first.value() == second.value() ? 0 : second.value() / first.value() - 1;
        }

        double noise() {
            return first.noise() + second.noise();
        }

        boolean agrees() {
            return Math.abs(difference()) <= noise();
        }

        List<String> cells() {
            return List.of(
                    figure.benchmarkCase(),
                    figure.contender(),
                    figure.metric(),
                    reference == null ? figure.unit() : "× " + reference,
                    first.toString(),
                    second.toString(),
                    percent(difference()),
                    counts() ? percent(noise()) : "",
                    counts() ? (agrees() ? "yes" : "**no**") : "one round");
        }

        private static String percent(double share) {
            return Double.isFinite(share) ? Significant.percent(share) : "from 0";
        }
    }

    private final Results first;
    private final Results second;
    private final List<Line> lines;

    Comparison(Results first, Results second) {
        this.first = first;
        this.second = second;
        this.lines = first.figures().stream()
                .flatMap(figure -> counterpart(second, figure).map(other -> line(figure, other)).stream())
                .filter(line -> !line.isReference())
                .toList();
    }

    private Line line(Figure figure, Figure other) {
        String peer = Reference.peer(figure.benchmarkCase()).orElse(null);
        if (peer != null) {
            Optional<Ratio> here = ratio(first, figure, peer);
            Optional<Ratio> there = ratio(second, other, peer);
            if (here.isPresent() && there.isPresent()) {
                return new Line(figure, peer, here.get(), there.get());
            }
        }
        return new Line(figure, null, Ratio.of(figure), Ratio.of(other));
    }

    private static Optional<Ratio> ratio(Results results, Figure figure, String peer) {
        return results.find(figure.benchmarkCase(), peer, figure.metric())
                .flatMap(divisor -> Ratio.of(figure, divisor));
    }

    private static Optional<Figure> counterpart(Results results, Figure figure) {
        return results.find(figure.benchmarkCase(), figure.contender(), figure.metric());
    }

    /** {@return the summary, and a table with a row for each quantity that both runs have} */
    String markdown() {
        List<String> paragraphs = new ArrayList<>();
        paragraphs.add("# Two runs compared");
        paragraphs.add(describe("A", first.run()) + "\n" + describe("B", second.run()));
        paragraphs.add(summary());
        String missing = missing();
        if (!missing.isEmpty()) {
            paragraphs.add("In one of the runs only: " + missing + ".");
        }
        MarkdownTable table = new MarkdownTable(
                4, List.of("case", "contender", "metric", "relative to", "A", "B", "difference", "noise", "agrees"));
        lines.forEach(line -> table.row(line.cells()));
        paragraphs.add(table.toString());
        return String.join("\n\n", paragraphs) + "\n";
    }

    private static String describe(String name, Run run) {
        String description = "- %s: %s, commit `%s`, %s".formatted(name, run.startedAt(), run.commit(), run.machine());
        return run.voidReason() == null ? description : description + ". **VOID: " + run.voidReason() + "**";
    }

    private String summary() {
        List<Line> ratios = lines.stream()
                .filter(line -> line.counts() && line.reference() != null)
                .toList();
        List<Line> others = lines.stream()
                .filter(line -> line.counts() && line.reference() == null)
                .toList();
        return Stream.of(agreement("ratios", ratios), agreement("figures without a reference", others))
                .flatMap(Optional::stream)
                .collect(Collectors.joining("\n"));
    }

    private static Optional<String> agreement(String what, List<Line> lines) {
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        long agreeing = lines.stream().filter(Line::agrees).count();
        // A ratio to nothing has no bounds.
        double[] noise = lines.stream()
                .mapToDouble(Line::noise)
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        return Optional.of("- **%d of %d %s (%s) agree within the noise**, which is %s in the median and %s at most."
                .formatted(
                        agreeing,
                        lines.size(),
                        what,
                        Significant.percent((double) agreeing / lines.size()),
                        Significant.percent(noise[noise.length / 2]),
                        Significant.percent(noise[noise.length - 1])));
    }

    private String missing() {
        return Stream.concat(
                        first.figures().stream()
                                .filter(figure -> counterpart(second, figure).isEmpty()),
                        second.figures().stream()
                                .filter(figure -> counterpart(first, figure).isEmpty()))
                .map(figure -> figure.benchmarkCase() + " " + figure.contender() + " " + figure.metric())
                .collect(Collectors.joining(", "));
    }
}
