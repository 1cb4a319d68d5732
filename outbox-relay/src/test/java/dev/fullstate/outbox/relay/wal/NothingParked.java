package dev.fullstate.outbox.relay.wal;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.parking.Command;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.parking.ParkedAggregate;

/** The tables of parked aggregates in a simulation in which every event can be published. */
final class NothingParked implements ParkingTables {

    @Override
    public @Nullable Warning obstacle() {
        return null;
    }

    @Override
    public @Nullable Warning obstacleToAccepting() {
        return null;
    }

    @Override
    public Rows rows(ParkedAggregate aggregate, List<Long> singles) {
        throw new IllegalStateException("Nothing is parked");
    }

    @Override
    public List<Command> commands() {
        return List.of();
    }

    @Override
    public List<Command> acceptances() {
        return List.of();
    }

    @Override
    public void done(Command command, String outcome) {
        throw new IllegalStateException("Nobody has commanded anything");
    }

    @Override
    public void note(Parked parked) {
        // There is nothing to note.
    }

    @Override
    public List<ParkedAggregate> noted() {
        return List.of();
    }

    @Override
    public boolean isVisible(long seq) {
        throw new IllegalStateException("Nothing is parked");
    }

    @Override
    public long running() {
        throw new IllegalStateException("Nothing is parked");
    }

    @Override
    public boolean haveEnded(long running) {
        throw new IllegalStateException("Nothing is parked");
    }
}
