package dev.fullstate.outbox.relay.wal;

import java.util.ArrayList;
import java.util.List;

/** The connections of one simulated process to {@link SimulatedDatabase}. */
public final class SimulatedSource implements WalSource {

    private final SimulatedDatabase database;
    private final List<SimulatedSession> sessions = new ArrayList<>();

    SimulatedSource(SimulatedDatabase database) {
        this.database = database;
    }

    @Override
    public Source source() {
        return Source.WAL;
    }

    @Override
    public void preflight() {
        // A simulated database is always set up.
    }

    @Override
    public WalSession open() {
        if (database.strikes()) {
            throw WalFailures.failure("Simulated: no answer");
        }
        SimulatedSession session = new SimulatedSession(database);
        sessions.removeIf(earlier -> !earlier.isAlive());
        sessions.add(session);
        database.opened(session);
        return session;
    }

    /** Ends all sessions, as the server does; the process notices when it uses them. */
    public void terminateSessions() {
        sessions.forEach(SimulatedSession::close);
    }
}
