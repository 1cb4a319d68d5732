package dev.fullstate.outbox.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.fullstate.outbox.benchmarks.report.Figure;

/**
 * Says whether a machine and a set-up can tell the contenders apart: a limit that is far from the one above it, or a peer that gains
 * nothing by being tuned, means that the run measured something else.
 */
final class FairnessGuard {

    private static final String CASE = "drain-1k";
    private static final double BARE_OF_SLOT_ONLY = 0.6;
    private static final double TUNED_OF_DEFAULT = 1.1;

    private final List<Figure> figures;

    FairnessGuard(List<Figure> figures) {
        this.figures = figures;
    }

    /** {@return why the run must not be used; empty if it may, or if it did not measure what the guard compares} */
    List<String> objections() {
        List<String> objections = new ArrayList<>();
        require("bare", BARE_OF_SLOT_ONLY, "slot-only", objections);
        require("debezium-tuned", TUNED_OF_DEFAULT, "debezium-default", objections);
        return objections;
    }

    private void require(String contender, double least, String reference, List<String> objections) {
        Optional<Double> one = throughput(contender);
        Optional<Double> other = throughput(reference);
        if (one.isPresent() && other.isPresent() && one.get() < least * other.get()) {
            objections.add(String.format(
                    Locale.ROOT,
                    "%s reached %.2f of %s in %s, and %.2f is the least",
                    contender,
                    one.get() / other.get(),
                    reference,
                    CASE,
                    least));
        }
    }

    private Optional<Double> throughput(String contender) {
        return figures.stream()
                .filter(figure -> figure.benchmarkCase().equals(CASE)
                        && figure.contender().equals(contender)
                        && figure.metric().equals("throughput"))
                .map(Figure::median)
                .findFirst();
    }
}
