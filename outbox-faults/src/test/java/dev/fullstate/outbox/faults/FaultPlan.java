package dev.fullstate.outbox.faults;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A series of faults that follows from a seed. */
record FaultPlan(long seed, List<Fault> faults) {

    /** @param seed of whatever the fault leaves open: how long, which side, at which point */
    record Fault(FaultKind kind, long seed) {}

    /** Each kind so many times, in any order. */
    static FaultPlan of(long seed, Collection<FaultKind> kinds, int countOfEach) {
        Random random = new Random(seed);
        List<Fault> faults = new ArrayList<>();
        for (FaultKind kind : kinds) {
            for (int i = 0; i < countOfEach; i++) {
                faults.add(new Fault(kind, random.nextLong()));
            }
        }
        Collections.shuffle(faults, random);
        return new FaultPlan(seed, List.copyOf(faults));
    }

    /** The seed that {@code -Dfaults.seed} gives, or a new one. */
    static long chosenSeed() {
        String given = System.getProperty("faults.seed", "");
        return given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
    }
}
