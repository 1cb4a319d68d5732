package dev.fullstate.outbox.relay.wal;

/** The database that the relay reads: checks how it is set up, and opens sessions with it, one at a time. */
public interface WalSource {

    /** Returns the database that is reached with these settings. */
    static WalSource of(WalSettings settings) {
        return new PostgresSource(settings);
    }

    /** Returns where rows are read. */
    Source source();

    /**
     * Checks everything that has to be right before the outbox can be read.
     *
     * @throws DatabaseSetupException if someone has to change the database or a role; carries the statement
     * @throws WalException if the database is not reachable, or has no outbox yet
     */
    void preflight();

    /**
     * Connects, for queries only: for replication it is connected when the slot is about to be taken.
     *
     * @throws DatabaseSetupException if the server does not allow logical replication
     * @throws WalException if the database is not reachable
     */
    WalSession open();
}
