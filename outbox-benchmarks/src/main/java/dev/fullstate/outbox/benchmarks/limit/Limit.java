package dev.fullstate.outbox.benchmarks.limit;

import java.util.Map;

/** The limits. Each takes as arguments: JDBC URL, user, password, slot, bootstrap servers, topic, the producer's linger. */
public enum Limit {

    /** Reads and drops; prints {@code ROWS <count> <milliseconds since the epoch>} as it goes. */
    SLOT_ONLY("slot-only", SlotOnly.class, 0),

    /** Reads and sends, in large batches. */
    BARE("bare", Bare.class, 5),

    /** Reads and sends, each event at once. */
    BARE_LOW_LATENCY("bare-lowlatency", Bare.class, 0);

    private final String label;
    private final Class<?> program;
    private final int lingerMillis;

    Limit(String label, Class<?> program, int lingerMillis) {
        this.label = label;
        this.program = program;
        this.lingerMillis = lingerMillis;
    }

    public String label() {
        return label;
    }

    public String mainClass() {
        return program.getName();
    }

    public boolean publishes() {
        return program == Bare.class;
    }

    public int lingerMillis() {
        return lingerMillis;
    }

    /** {@return the settings of its producer that are not the defaults} */
    public Map<String, String> settings() {
        return publishes() ? Bare.producer(lingerMillis) : Map.of();
    }
}
