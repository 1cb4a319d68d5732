package dev.fullstate.outbox.benchmarks.orders.load;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is the benchmark's own, as {@code benchmark.*}.
 *
 * @param outbox whether and how changes become events
 * @param topic  where the events arrive; exists before the application, with the broker's time of the append as timestamp
 * @param orders orders that exist before the load begins
 */
@ConfigurationProperties("benchmark")
record BenchmarkProperties(Outbox outbox, @DefaultValue("") String topic, int orders) {

    /** How changes become events. */
    enum Outbox {
        /** Not at all: the limit. */
        NONE,
        /** Through a row that the application inserts itself, read by a program beside it. */
        HANDWRITTEN,
        /** Through the library on the class path. */
        LIBRARY
    }

    boolean arrivalsExpected() {
        return outbox != Outbox.NONE;
    }
}
