package dev.fullstate.outbox.relay.wal;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Fill;

/**
 * The outbox's rows as they become visible, and what the loop notes beside them; the source of a relay that has no stream. Lasts as long as its
 * session. Used by one thread.
 */
public interface TableRows {

    /**
     * The rows that a moment shows and an earlier one did not.
     *
     * @param now the moment
     * @param isOnDisk whether a crash of the server cannot lose what the moment shows
     * @param count of the rows
     * @param firstSeq the lowest number among them; 0 if there is none
     * @param writtenAt when the newest of them was written, by the database's clock; null if there is none
     */
    record Fresh(
            Horizon now,
            boolean isOnDisk,
            long count,
            long firstSeq,
            @Nullable Instant writtenAt) {}

    /**
     * Looks for rows that were committed since a moment.
     *
     * @param published the snapshot of that moment
     * @throws WalException if the connection is lost, or is shared with others
     */
    Fresh since(String published);

    /**
     * Tells whether what a moment shows outlasts a crash of the server by now, and a failover as far as the settings ask for it. With
     * {@code synchronous_commit=off}, rows are visible before that.
     */
    boolean isDurable(Fresh fresh);

    /**
     * Reads the next rows, in the order of their numbers, as many as fit in some memory, but one at least if there is one.
     *
     * @return the values of {@link OutboxTable#PUBLISHED_COLUMNS} of each row, as text in UTF-8; empty after the last row
     */
    List<byte[] @Nullable []> page(Fill fill);

    /**
     * Makes sure that this relay still leads, and shows the server that it lives.
     *
     * @throws WalException if it does not
     */
    void requireLead();

    /**
     * Names the standby that keeps rows from being durable.
     *
     * @return null unless it has since the last call, some seconds ago
     * @throws DatabaseSetupException if the server should wait for standbys, and no longer does
     */
    @Nullable
    String heldBack();

    /** Returns the table, for people. */
    String table();

    /**
     * Makes sure that it is still the table of the outbox.
     *
     * @throws WalException if it is not
     */
    void requirePublication();

    /** {@return the table in which the loop notes what is published} */
    Horizons horizons();

    /** Returns the table in which the loop notes up to where republish jobs reach. */
    RepublishJobs republishJobs();
}
