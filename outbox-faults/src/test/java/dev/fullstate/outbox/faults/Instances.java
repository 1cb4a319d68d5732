package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.fullstate.outbox.faults.network.Direction;
import dev.fullstate.outbox.faults.point.Failure;
import dev.fullstate.outbox.faults.relay.RelayProcess;

/** The relays of a random run, of which one publishes and the others stand by, and the faults that they have. */
final class Instances implements AutoCloseable {

    private final Scenario scenario;
    private final Brokers brokers;
    private final int count;
    private final List<RelayProcess> relays = new ArrayList<>();

    Instances(Scenario scenario, Brokers brokers, int count) {
        this.scenario = scenario;
        this.brokers = brokers;
        this.count = count;
    }

    /** Starts a relay in place of each one that is dead. */
    void launchMissing() {
        relays.removeIf(relay -> {
            boolean dead = !relay.isAlive();
            if (dead) {
                relay.close();
            }
            return dead;
        });
        while (relays.size() < count) {
            launch();
        }
    }

    private RelayProcess launch() {
        RelayProcess launched = scenario.anotherRelay();
        launched.control().start();
        relays.add(launched);
        return launched;
    }

    /** Ends all relays but one, which becomes the scenario's. */
    void leaveOne() {
        launchMissing();
        RelayProcess last = relays.remove(relays.size() - 1);
        close();
        scenario.adopt(last);
    }

    private RelayProcess any(Random random) {
        return relays.get(random.nextInt(relays.size()));
    }

    /** Kills a relay, now and then with its last requests or their answers on their way. */
    void kill(Lasting lasting) {
        Random random = lasting.random();
        if (random.nextBoolean()) {
            brokers.hold(random.nextBoolean() ? Direction.TO_SERVER : Direction.TO_CLIENT);
            lasting.between(1, 500);
        }
        any(random).kill();
        brokers.heal();
    }

    void pause(Lasting lasting) {
        RelayProcess paused = any(lasting.random());
        paused.pause();
        lasting.between(200, 6_000);
        paused.resume();
    }

    /**
     * Lets the first relay that comes to a point fail there.
     *
     * @param provoke makes a relay come there
     */
    void failAt(FailurePoint point, Failure failure, Random random, Provocation provoke) throws SQLException {
        String name = point.name(random);
        int skips = point.skips(random);
        relays.forEach(relay -> relay.control().arm(name, failure, skips));
        provoke.run();
        scenario.patience().until("a relay comes to " + name, () -> {
            scenario.allowOneMore();
            return relays.stream().anyMatch(relay -> relay.control().wasHit(name));
        });
        relays.stream()
                .filter(relay -> !relay.control().wasHit(name))
                .forEach(relay -> relay.control().disarm());
        if (failure == Failure.HALT) {
            scenario.patience()
                    .until(
                            "the relay is dead",
                            () -> relays.stream()
                                    .filter(relay -> relay.control().wasHit(name))
                                    .noneMatch(RelayProcess::isAlive));
        }
    }

    /**
     * Adds a stand-by, and ends another relay, at once or when it has been silent for so long that it loses its slot; now and then the
     * added one ends.
     */
    void replace(Lasting lasting) {
        Random random = lasting.random();
        RelayProcess old = any(random);
        RelayProcess added = launch();
        lasting.between(1_000, 3_000);
        RelayProcess leaving = old;
        switch (random.nextInt(4)) {
            case 0 -> leaving = added;
            case 1 -> {
                old.pause();
                lasting.between(4_000, 8_000);
                old.resume();
                lasting.between(1, 1_000);
            }
            default -> {
                // The old one ends at once.
            }
        }
        leaving.close();
        relays.remove(leaving);
    }

    /** A change of the database. */
    interface Provocation {

        void run() throws SQLException;
    }

    @Override
    public void close() {
        relays.forEach(RelayProcess::close);
        relays.clear();
    }
}
