package dev.fullstate.outbox.relay;

import java.util.Map;

import org.springframework.util.unit.DataSize;

/**
 * What is done about events that cannot be published.
 *
 * @param others for aggregate types that have no treatment of their own
 * @param byType treatments by aggregate type
 * @param maxParked aggregates that are parked at a time, at most
 * @param maxParkedSize of the payloads that wait, at most; one event may exceed it
 */
public record PoisonPolicy(Poison others, Map<String, Poison> byType, int maxParked, DataSize maxParkedSize) {

    private static final int MANY = 1_000;
    private static final DataSize MUCH = DataSize.ofMegabytes(256);

    /** Treats all types alike. */
    public static PoisonPolicy all(Poison poison) {
        return new PoisonPolicy(poison, Map.of(), MANY, MUCH);
    }

    public PoisonPolicy {
        byType = Map.copyOf(byType);
    }

    boolean neverParks() {
        return others != Poison.PARK && !byType.containsValue(Poison.PARK);
    }

    Poison of(String aggregateType) {
        return byType.getOrDefault(aggregateType, others);
    }
}
