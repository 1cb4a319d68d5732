package dev.fullstate.outbox.faults;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

import dev.fullstate.outbox.faults.server.BrokerCluster;

/**
 * A run that follows from a seed.
 *
 * @param relayCount one of them publishes, the others stand by
 * @param brokerCount one or three
 */
record FaultPlan(long seed, Delivery delivery, int relayCount, int brokerCount, List<Fault> faults) {

    private static final int MOST_RELAYS = 2;

    /** One of this many faults comes while the one before has not healed yet. */
    private static final int FAULTS_TO_ONE_THAT_IS_NOT_WAITED_FOR = 3;

    /**
     * A fault at its place in the plan.
     *
     * @param seed of all that the fault leaves open: how long, which side, at which point
     * @param healed whether the next fault waits until consumers have all committed events; otherwise it comes at once, and starts no relay
     *     if none is left
     */
    record Fault(FaultKind kind, long seed, boolean healed) {

        Fault waitedFor() {
            return new Fault(kind, seed, true);
        }

        Fault notWaitedFor() {
            return new Fault(kind, seed, false);
        }

        @Override
        public String toString() {
            return kind + (healed ? "" : " (not healed)");
        }
    }

    /** Plans each kind that many times, in any order. */
    static FaultPlan of(long seed, Collection<FaultKind> kinds, int countOfEach) {
        List<FaultKind> all = new ArrayList<>();
        kinds.forEach(kind -> all.addAll(Collections.nCopies(countOfEach, kind)));
        return some(seed, all, all.size());
    }

    /** Plans some of the kinds, in any order. */
    static FaultPlan some(long seed, Collection<FaultKind> kinds, int count) {
        Random random = new Random(seed);
        List<FaultKind> shuffled = new ArrayList<>(kinds);
        Collections.shuffle(shuffled, random);
        List<Fault> faults = shuffled.subList(0, count).stream()
                .map(kind ->
                        new Fault(kind, random.nextLong(), random.nextInt(FAULTS_TO_ONE_THAT_IS_NOT_WAITED_FOR) > 0))
                .toList();
        Delivery delivery = random.nextBoolean() ? Delivery.AT_LEAST_ONCE : Delivery.EXACTLY_ONCE;
        return new FaultPlan(
                seed, delivery, 1 + random.nextInt(MOST_RELAYS), random.nextBoolean() ? 1 : BrokerCluster.SIZE, faults);
    }

    /** Returns the same plan with one broker, which needs less memory. */
    FaultPlan withOneBroker() {
        return new FaultPlan(seed, delivery, relayCount, 1, faults);
    }

    /** Returns the seed that {@code -Dfaults.seed} gives, or a new one. */
    static long chosenSeed() {
        String given = System.getProperty("faults.seed", "");
        return given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
    }

    @Override
    public String toString() {
        return "Seed " + seed + ", " + delivery + ", " + "relays: " + relayCount + ", brokers: " + brokerCount + ": "
                + faults.stream().map(Fault::toString).collect(Collectors.joining(", "));
    }
}
