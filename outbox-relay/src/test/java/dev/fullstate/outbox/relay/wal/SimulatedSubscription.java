package dev.fullstate.outbox.relay.wal;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.FoundEvent;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;

/** The publication and the slot of {@link SimulatedDatabase}. */
final class SimulatedSubscription implements Subscription {

    private final SimulatedSession session;
    private final SimulatedDatabase database;
    private final int publication;
    private final Map<UUID, FoundEvent> found = new HashMap<>();

    SimulatedSubscription(SimulatedSession session, SimulatedDatabase database) {
        this.session = session;
        this.database = database;
        this.publication = database.requirePublication();
    }

    @Override
    public Facts facts(@Nullable ResumePoint recorded) {
        return session.call(() -> database.facts(publication, recorded));
    }

    @Override
    public void dropSlot() {
        session.run(() -> database.slot().drop(session));
    }

    @Override
    public void withdrawNote() {
        session.run(database::withdrawNote);
    }

    @Override
    public void withdrawEmptyNote() {
        throw new UnsupportedOperationException(
                "The simulated relay reads the WAL, and needs no first start after a note");
    }

    @Override
    public void requireLead() {
        session.run(() -> {});
    }

    @Override
    public NewSlot createSlot() {
        return session.call(() -> database.createSlot(session));
    }

    @Override
    public RetainedRows retainedRows() {
        return new SimulatedRetainedRows(session, database, found);
    }

    @Override
    public RetainedRows retainedRows(String aggregateType) {
        throw new UnsupportedOperationException("The simulated Kafka takes all events");
    }

    @Override
    public ParkingTables parkingTables() {
        return new NothingParked();
    }

    @Override
    public Losses losses() {
        return new SimulatedLosses(session, database, found);
    }

    @Override
    public boolean standbysHave(Lsn lsn) {
        return true;
    }

    @Override
    public Source source() {
        return Source.WAL;
    }

    @Override
    public TableRows table() {
        throw new UnsupportedOperationException("The simulated relay reads the WAL");
    }

    @Override
    public WalStream stream() {
        return session.stream(publication);
    }
}
