package dev.fullstate.outbox.benchmarks.report;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Makes results whose ratios are easy to compute. */
final class Sample {

    static final Run RUN = new Run(
            Instant.parse("2026-11-21T05:00:00.123Z"),
            "2 cores, 23.4 GiB, Linux 6.1 amd64",
            "776c2ea",
            Map.of("PostgreSQL", "18.6", "Kafka", "4.2.1"),
            null);

    private Sample() {}

    static Run voidRun(String reason) {
        return new Run(RUN.startedAt(), RUN.machine(), RUN.commit(), RUN.versions(), reason);
    }

    static Figure figure(String benchmarkCase, String contender, String metric, String unit, double... rounds) {
        return new Figure(
                benchmarkCase,
                contender,
                metric,
                unit,
                Arrays.stream(rounds).boxed().toList(),
                Map.of("events", "500000", "heap", contender.startsWith("debezium") ? "2g" : "512m"));
    }

    static Figure throughput(String contender, double... rounds) {
        return figure("drain-1k", contender, Metric.THROUGHPUT, "events/s", rounds);
    }

    static Figure p99(String contender, double... rounds) {
        return figure("latency-500", contender, Metric.CONSUMER_P99, "ms", rounds);
    }

    static Results results() {
        return new Results(
                RUN,
                List.of(
                        throughput("slot-only", 200_000, 190_000, 210_000),
                        throughput("bare", 140_000, 150_000, 130_000),
                        throughput("relay-at-least-once", 100_000, 110_000, 98_765.4),
                        figure("drain-1k", "relay-at-least-once", "cpu", "s/million", 12.5, 12, 13),
                        throughput("debezium-default", 30_000, 31_000, 29_000),
                        throughput("debezium-tuned", 40_000, 44_000, 38_000),
                        p99("relay-at-least-once", 7.5, 6, 9),
                        figure("latency-500", "relay-at-least-once", Metric.CONSUMER_P50, "ms", 1.23456, 1.2, 1.3),
                        p99("debezium-lowlatency", 10, 8, 14),
                        p99("debezium-default", 925, 900, 950),
                        figure("start", "relay-at-least-once", "first-event", "s", 2.5)));
    }
}
