package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.SQLException;

/** The database that the relay reads: checks how it is set up, and opens sessions with it, one at a time. */
public final class WalSource {

    private final WalSettings settings;
    private final Connections connections;
    private final PublicationGuard guard;

    public WalSource(WalSettings settings) {
        this.settings = settings;
        this.connections = new Connections(settings);
        this.guard = new PublicationGuard(settings.slotName());
    }

    /**
     * Checks everything that has to be right before the outbox can be read.
     *
     * @throws DatabaseSetupException if someone has to change the database or a role; carries the statement
     * @throws WalException if the database is not reachable, or has no outbox yet
     */
    public void preflight() {
        try (WalSession session = open()) {
            session.slotPosition();
            session.requireUsableTables();
        }
    }

    /**
     * Connects for queries and for replication.
     *
     * @throws DatabaseSetupException if the server or the role does not allow logical replication
     * @throws WalException if the database is not reachable
     */
    public WalSession open() {
        Connection ordinary = connections.ordinary();
        try {
            String walLevel = new Catalog(ordinary).walLevel();
            if (!walLevel.equals("logical")) {
                throw new DatabaseSetupException(
                        "PostgreSQL runs with wal_level=" + walLevel + "; the relay needs wal_level=logical",
                        "ALTER SYSTEM SET wal_level = 'logical'; -- and restart PostgreSQL (a managed service has a parameter"
                                + " for it)",
                        null);
            }
            return new WalSession(settings, ordinary, connections.replication(), guard);
        } catch (RuntimeException e) {
            try {
                ordinary.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }
}
