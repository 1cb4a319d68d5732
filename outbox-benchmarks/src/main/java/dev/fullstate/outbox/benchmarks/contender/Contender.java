package dev.fullstate.outbox.benchmarks.contender;

import java.time.Duration;
import java.util.Map;

import dev.fullstate.outbox.harness.process.ChildJvm;

/** A program that reads a slot and publishes its events, in a JVM of its own. */
public interface Contender {

    /** The time that a contender may take to end in its own way. */
    Duration GRACE = Duration.ofSeconds(20);

    /** {@return the name in the report} */
    String name();

    /** {@return all settings that differ from the program's own defaults, the heap included, for the report} */
    Map<String, String> settings();

    /** {@return the same with another limit of its heap, in MB} */
    Contender withHeap(int megabytes);

    /** Starts the program; returns at once, before it publishes. */
    ChildJvm start(Pipeline pipeline);

    /** {@return whether events arrive in Kafka; {@code false} of a program that only reads} */
    default boolean publishes() {
        return true;
    }
}
