package dev.fullstate.outbox.benchmarks.contender;

import java.util.Map;
import java.util.Optional;

/**
 * The measurements of an application of itself.
 *
 * @param values by name; every name ends with the unit
 */
public record Measured(Map<String, Double> values) {

    public Measured {
        values = Map.copyOf(values);
    }

    /**
     * Looks up one value.
     *
     * @throws IllegalArgumentException if the application did not measure it
     */
    public double get(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The application measured " + values.keySet() + ", but not " + name);
        }
        return value;
    }

    /** {@return one value, if the application has measured it} */
    public Optional<Double> find(String name) {
        return Optional.ofNullable(values.get(name));
    }
}
