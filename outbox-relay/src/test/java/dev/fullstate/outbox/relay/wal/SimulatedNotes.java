package dev.fullstate.outbox.relay.wal;

import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.fullstate.outbox.relay.position.Lsn;

/** The tables beside the outbox of {@link SimulatedDatabase}, in which the loop makes its notes. */
final class SimulatedNotes implements Horizons, RepublishJobs {

    private final SimulatedSession session;
    private final SimulatedDatabase database;

    SimulatedNotes(SimulatedSession session, SimulatedDatabase database) {
        this.session = session;
        this.database = database;
    }

    @Override
    public Horizon now() {
        return session.call(() -> new Horizon(database.snapshot(), database.walEnd()));
    }

    @Override
    public void note(Horizon horizon, Lsn recorded) {
        session.run(() -> database.note(horizon.snapshot(), recorded));
    }

    @Override
    public Ended ended() {
        int count = database.committed().size();
        // The job's id is the number of committed transactions.
        Job job = new Job(new UUID(0, count), Set.of("order"));
        return session.call(() -> new Ended(database.hasEndedJob() ? List.of(job) : List.of(), now()));
    }

    @Override
    public void note(Job job, List<End> ends, Lsn published) {
        session.run(() -> database.requireBefore(ends, (int) job.id().getLeastSignificantBits()));
    }
}
