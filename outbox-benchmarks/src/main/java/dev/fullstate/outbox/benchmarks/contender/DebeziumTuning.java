package dev.fullstate.outbox.benchmarks.contender;

import java.util.Map;
import java.util.TreeMap;

/** Settings of Debezium's connector, its producer and the worker beyond the necessary ones. */
public enum DebeziumTuning {

    /** No settings: the defaults of Debezium and Kafka Connect. */
    DEFAULT("debezium-default"),

    /** Settings for the most events per second. The producer's linger stays at its default of 5 ms. */
    THROUGHPUT("debezium-tuned"),

    /** Settings for the least time from commit to Kafka. */
    LATENCY("debezium-lowlatency");

    private final String label;

    DebeziumTuning(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    Map<String, String> worker() {
        return switch (this) {
            case DEFAULT -> Map.of();
            // The worker's log recommends this: every plugin is listed in its jar, so the worker need not search the
            // class path.
            case THROUGHPUT, LATENCY -> Map.of("plugin.discovery", "service_load");
        };
    }

    Map<String, String> connector() {
        return switch (this) {
            case DEFAULT -> Map.of();
            case THROUGHPUT ->
                leanWith(Map.of(
                        "max.batch.size", "8192",
                        "max.queue.size", "65536",
                        "poll.interval.ms", "10",
                        "producer.override.batch.size", "262144",
                        "producer.override.compression.type", "lz4"));
            case LATENCY -> leanWith(Map.of("poll.interval.ms", "1", "producer.override.linger.ms", "0"));
        };
    }

    /** Settings that save work in any case. */
    private static Map<String, String> leanWith(Map<String, String> aim) {
        Map<String, String> connector = new TreeMap<>(aim);
        // These are the columns that the router reads, and the primary key.
        connector.put("column.include.list", "public\\.outbox\\.(seq|bucket|id|aggregatetype|aggregateid|payload)");
        // This drops four headers of each record that name the connector and its task.
        connector.put("extended.headers.enabled", "false");
        // Connect's producer waits for one answer before it sends the next request; an idempotent one keeps the order
        // anyway.
        connector.put("producer.override.enable.idempotence", "true");
        connector.put("producer.override.max.in.flight.requests.per.connection", "5");
        return connector;
    }
}
