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

    /** Of three faults, one comes while the one before, or what is left of it, has not healed yet. */
    private static final int FAULTS_TO_ONE_THAT_IS_NOT_WAITED_FOR = 3;

    /**
     * Something that happens.
     *
     * @param seed of whatever the fault leaves open: how long, which side, at which point
     * @param healed whether the next one waits until consumers have all that is committed; otherwise it comes at once, and where there
     *     is no relay any more, none is started
     */
    record Fault(FaultKind kind, long seed, boolean healed) {

        Fault waitedFor() {
            return new Fault(kind, seed, true);
        }

        @Override
        public String toString() {
            return kind + (healed ? "" : " (not healed)");
        }
    }

    /** Each kind so many times, in any order. */
    static FaultPlan of(long seed, Collection<FaultKind> kinds, int countOfEach) {
        List<FaultKind> all = new ArrayList<>();
        kinds.forEach(kind -> all.addAll(Collections.nCopies(countOfEach, kind)));
        return some(seed, all, all.size());
    }

    /** Some of the kinds, in any order. */
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

    /** The same with one broker, which needs less memory. */
    FaultPlan withOneBroker() {
        return new FaultPlan(seed, delivery, relayCount, 1, faults);
    }

    /** The seed that {@code -Dfaults.seed} gives, or a new one. */
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
