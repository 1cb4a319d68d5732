package dev.fullstate.outbox.benchmarks.report;

import java.util.List;
import java.util.Optional;

/**
 * The contender with which those of a kind of case are compared.
 *
 * @param casePrefix how the names of the cases begin
 * @param metric     to be compared
 * @param contender  to compare with; cases without it have no such comparison
 * @param form       how the ratio is shown
 */
record Reference(String casePrefix, String metric, String contender, Form form) {

    enum Form {
        /** Shows the share of a limit, which no contender can exceed. */
        SHARE {
            @Override
            String heading(String contender) {
                return "of " + contender;
            }

            @Override
            String text(double ratio) {
                return Significant.percent(ratio);
            }
        },
        /** Shows the multiple of a peer. */
        TIMES {
            @Override
            String heading(String contender) {
                return "× " + contender;
            }

            @Override
            String text(double ratio) {
                return Significant.text(ratio);
            }
        };

        abstract String heading(String contender);

        abstract String text(double ratio);
    }

    private static final List<Reference> ALL = List.of(
            new Reference("drain", Metric.THROUGHPUT, "slot-only", Form.SHARE),
            new Reference("drain", Metric.THROUGHPUT, "debezium-tuned", Form.TIMES),
            new Reference("latency", Metric.APPEND_P99, "debezium-lowlatency", Form.TIMES),
            new Reference("latency", Metric.CONSUMER_P99, "debezium-lowlatency", Form.TIMES),
            new Reference("whole-way", Metric.THROUGHPUT, "no-outbox", Form.SHARE),
            new Reference("capture", Metric.THROUGHPUT, "no-outbox", Form.SHARE),
            new Reference("start", "to-first-event", "debezium-tuned", Form.TIMES),
            new Reference("idle", "cpu-contender", "debezium-tuned", Form.TIMES),
            new Reference("memory", "least-heap", "debezium-tuned", Form.TIMES),
            new Reference("republish", Metric.THROUGHPUT, "insert-select", Form.SHARE),
            new Reference("republish", Metric.THROUGHPUT, "export", Form.SHARE),
            new Reference("republish-live", "transaction-p99", "alone", Form.TIMES),
            new Reference("republish-live", Metric.CONSUMER_P99, "alone", Form.TIMES),
            new Reference("growth", Metric.THROUGHPUT, "slot-only", Form.SHARE));

    /** {@return the comparisons for one column of a case's table} */
    static List<Reference> of(Results results, String benchmarkCase, String metric) {
        return ALL.stream()
                .filter(reference -> benchmarkCase.startsWith(reference.casePrefix)
                        && metric.equals(reference.metric)
                        && results.find(benchmarkCase, reference.contender, metric)
                                .isPresent())
                .toList();
    }

    /** {@return the contender whose figures, whatever the metric, those of the others are divided by} */
    static Optional<String> peer(String benchmarkCase) {
        return ALL.stream()
                .filter(reference -> benchmarkCase.startsWith(reference.casePrefix))
                .map(Reference::contender)
                // A limit is the first if there is one, and has the fewest metrics.
                .reduce((limit, peer) -> peer);
    }

    String heading() {
        return form.heading(contender);
    }

    /** {@return the contender's figure divided by the reference's; empty if there is none of either} */
    Optional<Double> ratio(Results results, String benchmarkCase, String other) {
        return results.find(benchmarkCase, contender, metric)
                .filter(figure -> figure.median() != 0)
                .flatMap(reference ->
                        results.find(benchmarkCase, other, metric).map(figure -> figure.median() / reference.median()));
    }

    String text(double ratio) {
        return form.text(ratio);
    }
}
