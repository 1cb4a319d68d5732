package dev.fullstate.outbox.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The selection of the benchmark to run, from system properties.
 *
 * @param cases      {@code benchmarks.cases}: names, comma-separated; all if empty
 * @param contenders {@code benchmarks.contenders}: names, comma-separated; all if empty
 * @param rounds     {@code benchmarks.rounds}: turns of each contender in each case; 3 by default
 * @param scale      {@code benchmarks.scale}: share of the counts of events and of the durations; 1 by default
 * @param module     {@code benchmarks.module}: the folder of this module, where the contenders are and the results go
 */
record Parameters(Set<String> cases, Set<String> contenders, int rounds, double scale, Path module) {

    private static final int ROUNDS = 3;

    static Parameters fromSystemProperties() {
        return new Parameters(
                names("benchmarks.cases"),
                names("benchmarks.contenders"),
                Integer.parseInt(System.getProperty("benchmarks.rounds", Integer.toString(ROUNDS))),
                Double.parseDouble(System.getProperty("benchmarks.scale", "1")),
                Path.of(System.getProperty("benchmarks.module", "")).toAbsolutePath());
    }

    private static Set<String> names(String property) {
        Set<String> names = new LinkedHashSet<>();
        Arrays.stream(System.getProperty(property, "").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .forEach(names::add);
        return names;
    }

    /** {@return whether the cases have their full size: smaller ones, for trying things out, measure cold programs} */
    boolean inFull() {
        return scale >= 1;
    }

    /** {@return whether this is the run that the documentation shows: everything, in full} */
    boolean full() {
        return cases.isEmpty() && contenders.isEmpty() && rounds >= ROUNDS && scale == 1;
    }

    int scaled(int count) {
        return Math.max(1, (int) Math.round(count * scale));
    }

    boolean includesCase(String name) {
        return cases.isEmpty() || cases.contains(name);
    }

    boolean includesContender(String name) {
        return contenders.isEmpty() || contenders.contains(name);
    }

    /** {@return where the results go of a run that is not the one to show} */
    Path results() {
        return module.resolve("target/results");
    }

    Path repository() {
        return module.resolve("..").normalize();
    }

    Path work() {
        return module.resolve("target/benchmarks");
    }
}
