package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.faults.FailurePoint.When;
import dev.fullstate.outbox.faults.FaultPlan.Fault;
import dev.fullstate.outbox.faults.Succession.Has;
import dev.fullstate.outbox.faults.Succession.Promotion;
import dev.fullstate.outbox.faults.Succession.Restore;
import dev.fullstate.outbox.faults.Succession.Restored;
import dev.fullstate.outbox.faults.Succession.Slot;
import dev.fullstate.outbox.faults.network.Link;
import dev.fullstate.outbox.faults.point.Failure;
import dev.fullstate.outbox.faults.server.Database;

/** Inflicts the faults of a plan on a scenario under load. */
final class RandomRun implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RandomRun.class);
    private static final int FAULTS_BETWEEN_LOOKS = 10;

    private final Scenario scenario;
    private final Database database;
    private final Brokers brokers;
    private final Load load;
    private final Instances relays;
    private final Map<FaultKind, Integer> counts = new EnumMap<>(FaultKind.class);
    private int sinceLook;
    private boolean gap;

    /**
     * The amount of load.
     *
     * @param shareOfTime of the time that is drawn for a fault, for which it lasts
     */
    record Load(int eventsPerFault, double shareOfTime) {}

    RandomRun(Scenario scenario, Brokers brokers, int relayCount, Load load) {
        this.scenario = scenario;
        this.brokers = brokers;
        this.database = scenario.outbox.database();
        this.load = load;
        this.relays = new Instances(scenario, brokers, relayCount);
        relays.launchMissing();
    }

    /** The number of faults of each kind so far. */
    Map<FaultKind, Integer> counts() {
        return counts;
    }

    void run(FaultPlan plan) throws SQLException {
        for (Fault fault : plan.faults()) {
            try {
                suffer(fault, plan.delivery());
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "After " + counts + " at " + fault + "; the same plan again: -Dfaults.seed=" + plan.seed(), e);
            }
        }
    }

    private void suffer(Fault fault, Delivery delivery) throws SQLException {
        scenario.workload.allow(load.eventsPerFault);
        if (fault.kind().isOfARelay()) {
            relays.launchMissing();
        }
        long began = System.nanoTime();
        inflict(fault.kind(), delivery, new Lasting(new Random(fault.seed()), load.shareOfTime));
        long inflicted = System.nanoTime();
        counts.merge(fault.kind(), 1, Integer::sum);
        gap |= fault.kind().leavesAGap();
        if (fault.healed()) {
            heal();
            look();
        }
        log.debug(
                "{}: {} ms, healed in {} ms",
                fault,
                (inflicted - began) / 1_000_000,
                (System.nanoTime() - inflicted) / 1_000_000);
    }

    /** Starts the relays that are missing, and waits until consumers have all committed events. */
    void heal() throws SQLException {
        relays.launchMissing();
        scenario.awaitAllPublished();
    }

    /**
     * Checks that nothing is confirmed too early. A recreated slot says nothing of the rows before it, which the relay publishes from the
     * table.
     */
    private void look() throws SQLException {
        if (++sinceLook >= FAULTS_BETWEEN_LOOKS && !gap) {
            scenario.assertNothingConfirmedTooEarly();
            sinceLook = 0;
        }
    }

    /** Changes each aggregate once more, so that consumers have no state that the database has lost, and leaves one relay. */
    void end() throws SQLException {
        relays.launchMissing();
        scenario.workload.awaitCommitted();
        scenario.changeEachAggregate();
        scenario.awaitAllPublished();
        relays.leaveOne();
    }

    private void inflict(FaultKind kind, Delivery delivery, Lasting lasting) throws SQLException {
        Random random = lasting.random();
        DatabaseFaults sql = new DatabaseFaults(scenario, lasting);
        switch (kind) {
            case KILL_RELAY -> relays.kill(lasting);
            case HALT_AT_POINT -> failAtPoint(Failure.HALT, delivery, random);
            case THROW_AT_POINT -> failAtPoint(Failure.THROW, delivery, random);
            case PAUSE_RELAY -> relays.pause(lasting);
            case REPLACE_RELAY -> relays.replace(lasting);
            case TERMINATE_WAL_SENDER -> scenario.outbox.terminateWalSender();
            case CUT_POSTGRES -> database.link().cut();
            case CUT_KAFKA -> brokers.cut(scenario.outbox, lasting);
            case BLACK_HOLE -> {
                Link link = brokers.either(database.link(), random);
                link.blackHole();
                lasting.between(500, 5_000);
                link.heal();
            }
            case THROTTLE -> {
                Link link = brokers.either(database.link(), random);
                link.throttle(20_000 + random.nextInt(200_000));
                lasting.between(500, 3_000);
                link.heal();
            }
            case KILL_BROKER -> brokers.kill(scenario.outbox, lasting);
            case END_POSTGRES -> endPostgres(random);
            case FAIL_WHILE_FILLING -> {
                relays.launchMissing();
                Failure failure = random.nextBoolean() ? Failure.HALT : Failure.THROW;
                relays.failAt(FailurePoint.ofAFill(random), failure, random, sql::dropSlot);
            }
            case DROP_SLOT -> sql.dropSlot();
            case RECREATE_SLOT -> sql.recreateSlot();
            case ADVANCE_SLOT -> sql.advanceSlot();
            case RECREATE_PUBLICATION -> sql.recreatePublication();
            case TAKE_TABLE_OUT_OF_PUBLICATION -> sql.takeTableOutOfPublication();
            case SWITCH_INSERTS_OFF -> sql.switchInsertsOff();
            case ADD_COLUMN -> sql.addColumn();
            case DROP_COLUMN -> sql.dropColumn();
            case ROLL_BACK_LARGE -> sql.rollBackLarge();
            case PROMOTE_STANDBY -> promote(Has.EVERYTHING, lasting);
            case PROMOTE_LAGGING_STANDBY -> promote(Has.LESS_THAN_KAFKA, lasting);
            case RESTORE_BACKUP -> succeed(new Restore(Restored.FROM_BACKUP_ALONE), lasting);
            case RESTORE_BACKUP_AND_ARCHIVE -> succeed(new Restore(Restored.FROM_BACKUP_AND_ARCHIVE), lasting);
            case RESTORE_STORAGE -> succeed(new Restore(Restored.FROM_STORAGE_SNAPSHOT), lasting);
        }
    }

    private void failAtPoint(Failure failure, Delivery delivery, Random random) throws SQLException {
        FailurePoint point = FailurePoint.ofOrdinaryLife(delivery, random);
        relays.failAt(point, failure, random, () -> {
            if (point.when() == When.CONNECTING) {
                database.link().cut();
            }
        });
    }

    private void endPostgres(Random random) {
        if (random.nextBoolean()) {
            database.server().kill();
        } else {
            database.server().stopImmediately();
        }
        database.server().restart();
    }

    private void promote(Has has, Lasting lasting) throws SQLException {
        List<Slot> slots = scenario.readsTable() ? List.of(Slot.NONE) : Slot.ofThisServer();
        Slot slot = slots.get(lasting.random().nextInt(slots.size()));
        if (slot == Slot.SYNCED) {
            relays.launchMissing();
            scenario.awaitStreaming();
        }
        succeed(new Promotion(has, slot), lasting);
    }

    private void succeed(Succession succession, Lasting lasting) throws SQLException {
        log.debug("{}", succession);
        String oldEnd = succession.carryOut(scenario.outbox, scenario.committed, new Succession.Acts() {
            @Override
            public void commit() {
                scenario.workload.allow(load.eventsPerFault);
                lasting.between(0, 1_000);
            }

            @Override
            public void pause() {
                scenario.workload.withdraw();
                scenario.workload.awaitCommitted();
            }

            @Override
            public void beforeTheEnd() {
                // The server ends in the midst of the writers' work.
            }

            @Override
            public void ended() {
                if (succession.loses()) {
                    scenario.workload.forgetAcknowledged();
                }
            }
        });
        if (lasting.random().nextBoolean()) {
            database.writeWalBeyond(oldEnd);
        }
        database.letRelayFollow();
    }

    @Override
    public void close() {
        relays.close();
    }
}
