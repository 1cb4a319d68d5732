package dev.fullstate.outbox.relay.monitor;

import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import dev.fullstate.outbox.relay.Relay;
import dev.fullstate.outbox.relay.RelayStatistics;

/** Registers meters of one relay, each with its pipeline. */
record Binding(MeterRegistry registry, Relay relay, String pipeline) {

    static final String PIPELINE = "pipeline";

    /** Has no unit, which Prometheus would put at the end of a name that has it already. */
    void counter(String name, ToDoubleFunction<RelayStatistics> count, String description) {
        FunctionCounter.builder(name, relay.statistics(), count)
                .description(description)
                .tag(PIPELINE, pipeline)
                .register(registry);
    }

    void gauge(String name, String unit, ToDoubleFunction<Relay> value, String description) {
        Gauge.builder(name, relay, value)
                .description(description)
                .baseUnit(unit)
                .tag(PIPELINE, pipeline)
                .register(registry);
    }

    /** Registers one of several gauges, of which one at a time is 1 and the others are 0. */
    void flag(String name, String tag, String value, Predicate<Relay> set, String description) {
        Gauge.builder(name, relay, asked -> set.test(asked) ? 1 : 0)
                .description(description)
                .tag(PIPELINE, pipeline)
                .tag(tag, value)
                .register(registry);
    }
}
