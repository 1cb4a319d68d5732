package dev.fullstate.outbox.benchmarks.report;

/** Names of the metrics that comparisons, summary and chart look for; a case may have any others beside them. */
public final class Metric {

    /** Events, updates or transactions per second; more is better. */
    public static final String THROUGHPUT = "throughput";

    /** The time from the start of the transaction until the broker has appended the event, of 99 % of the events at most. */
    public static final String APPEND_P99 = "to-append-p99";

    /** The time from the start of the transaction until a consumer of committed records has the event, of half of the events at most. */
    public static final String CONSUMER_P50 = "to-consumer-p50";

    /** The same, of 99 % of the events. Events that are appended in an open transaction do not reach consumers yet. */
    public static final String CONSUMER_P99 = "to-consumer-p99";

    private Metric() {}
}
