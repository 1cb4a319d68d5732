package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.faults.FaultPlan.Fault;
import dev.fullstate.outbox.faults.network.Direction;
import dev.fullstate.outbox.faults.network.Link;
import dev.fullstate.outbox.faults.point.Failure;
import dev.fullstate.outbox.faults.relay.RelayProcess;

/**
 * Does to a scenario under load what a plan says. After each fault it waits until consumers can read what was committed before the
 * fault; then comes the next.
 */
final class RandomRun {

    private static final Logger log = LoggerFactory.getLogger(RandomRun.class);
    private static final int FAULTS_BETWEEN_LOOKS = 10;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Scenario scenario;
    private final int eventsPerFault;
    private final Map<FaultKind, Integer> counts = new EnumMap<>(FaultKind.class);
    private RelayProcess relay;

    RandomRun(Scenario scenario, int eventsPerFault) {
        this.scenario = scenario;
        this.eventsPerFault = eventsPerFault;
        this.relay = scenario.startRelay();
    }

    /** How many faults of each kind there were. */
    Map<FaultKind, Integer> counts() {
        return counts;
    }

    void run(FaultPlan plan) throws SQLException {
        int number = 0;
        for (Fault fault : plan.faults()) {
            try {
                scenario.workload.allow(eventsPerFault);
                long before = scenario.committed.count();
                inflict(fault.kind(), new Random(fault.seed()));
                if (!relay.isAlive()) {
                    relay = scenario.launchRelay();
                }
                scenario.awaitPublished(before);
                counts.merge(fault.kind(), 1, Integer::sum);
                log.debug("{} of {}: {}", number + 1, plan.faults().size(), fault);
                if (++number % FAULTS_BETWEEN_LOOKS == 0) {
                    scenario.assertNothingConfirmedTooEarly();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "After " + counts + " at " + fault + "; the same plan again: -Dfaults.seed=" + plan.seed(), e);
            }
        }
    }

    private void inflict(FaultKind kind, Random random) throws SQLException {
        switch (kind) {
            case KILL_RELAY -> kill(random);
            case HALT_AT_POINT -> failAtPoint(Failure.HALT, random);
            case THROW_AT_POINT -> failAtPoint(Failure.THROW, random);
            case PAUSE_RELAY -> {
                relay.pause();
                last(random, 200, 6_000);
                relay.resume();
            }
            case TERMINATE_WAL_SENDER -> scenario.outbox.terminateWalSender();
            case CUT_POSTGRES -> Servers.DATABASE.link().cut();
            case CUT_KAFKA -> Servers.BROKER.link().cut();
            case BLACK_HOLE -> {
                Link link = either(random);
                link.blackHole();
                last(random, 500, 5_000);
                link.heal();
            }
            case THROTTLE -> {
                Link link = either(random);
                link.throttle(20_000 + random.nextInt(200_000));
                last(random, 500, 3_000);
                link.heal();
            }
            case KILL_BROKER -> {
                Servers.BROKER.kill();
                last(random, 0, 1_000);
                Servers.BROKER.restart();
            }
            case END_POSTGRES -> {
                if (random.nextBoolean()) {
                    Servers.DATABASE.server().kill();
                } else {
                    Servers.DATABASE.server().stopImmediately();
                }
                Servers.DATABASE.server().restart();
            }
            case TWO_RELAYS -> twoRelays(random);
        }
    }

    /** Now and then with requests or answers of the last moments on their way. */
    private void kill(Random random) {
        if (random.nextBoolean()) {
            Servers.BROKER.link().hold(random.nextBoolean() ? Direction.TO_SERVER : Direction.TO_CLIENT);
            last(random, 1, 500);
        }
        relay.kill();
        Servers.BROKER.link().heal();
    }

    private void failAtPoint(Failure failure, Random random) {
        FailurePoint point = FailurePoint.any(random);
        String name = point.name(random);
        relay.control().arm(name, failure, point.skips(random));
        if (point.connecting()) {
            Servers.DATABASE.link().cut();
        }
        scenario.patience(SOON).until("the relay comes to " + name, () -> {
            scenario.workload.allow(1);
            return relay.control().wasHit(name);
        });
        if (failure == Failure.HALT) {
            scenario.patience(SOON).until("the relay is dead", () -> !relay.isAlive());
        }
    }

    /**
     * The second one stands by until the first one is gone, or has been silent for so long that it takes its slot; now and then it is the
     * second one that goes.
     */
    private void twoRelays(Random random) {
        RelayProcess second = scenario.anotherRelay();
        second.control().start();
        switch (random.nextInt(4)) {
            case 0 -> {
                last(random, 1_000, 3_000);
                second.close();
                return;
            }
            case 1 -> {
                last(random, 1_000, 3_000);
                relay.pause();
                last(random, 4_000, 8_000);
                relay.resume();
                last(random, 1, 1_000);
            }
            default -> last(random, 1_000, 3_000);
        }
        relay.close();
        scenario.adopt(second);
        relay = second;
    }

    private static Link either(Random random) {
        return random.nextBoolean() ? Servers.DATABASE.link() : Servers.BROKER.link();
    }

    /** How long a fault lasts is part of it. */
    private static void last(Random random, int leastMillis, int mostMillis) {
        long end = System.nanoTime()
                + Duration.ofMillis(random.nextInt(leastMillis, mostMillis)).toNanos();
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
