package dev.fullstate.outbox.benchmarks.orders.load;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The benchmark's own properties, {@code benchmark.*}.
 *
 * @param outbox whether and how changes become events
 * @param topic  where the events arrive; exists before the application, with the broker's time of the append as timestamp
 * @param orders orders that exist before the load begins
 */
@ConfigurationProperties("benchmark")
record BenchmarkProperties(Outbox outbox, @DefaultValue("") String topic, int orders) {

    /** How changes become events. */
    enum Outbox {
        /** Changes become no events: the limit. */
        NONE,
        /** The application inserts a row itself, and a program beside it publishes that. */
        HANDWRITTEN,
        /** The library on the class path publishes them. */
        LIBRARY
    }

    boolean arrivalsExpected() {
        return outbox != Outbox.NONE;
    }
}
