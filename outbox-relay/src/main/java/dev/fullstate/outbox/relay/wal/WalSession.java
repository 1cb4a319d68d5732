package dev.fullstate.outbox.relay.wal;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;

/**
 * One attempt to read the outbox. Used by one thread; a session does not mend itself but is closed after its first failure.
 */
public interface WalSession extends AutoCloseable {

    /**
     * Becomes the one relay of the slot, until the session is closed. Only then it may touch the slot or fence off a producer.
     *
     * @throws SlotInUseException if another relay is
     */
    void lead();

    /**
     * Asks what the database is now.
     *
     * @param recorded the position that it is to be compared with; null if there is none
     * @throws WalException if there is no publication, or it does not publish what it should
     * @throws DatabaseSetupException if a slot of this name belongs to something else
     */
    Facts facts(@Nullable ResumePoint recorded);

    /**
     * Makes sure that the publication is still the one that {@link #facts} have shown, so that no row can be missing from the
     * stream up to now.
     *
     * @throws WalException if there is none, it does not publish what it should, or it has changed
     */
    void requirePublication();

    /** Where the loop notes what is published. There is something to note only after {@link #stream()}. */
    Horizons horizons();

    /** Where the loop notes up to where republish jobs reach. There is something to note only after {@link #stream()}. */
    RepublishJobs republishJobs();

    /** The rows as they are in the table. There are some to look for only after {@link #stream()}. */
    CurrentRows currentRows();

    /**
     * Up to where the slot is confirmed; empty if there is no slot.
     *
     * @throws DatabaseSetupException if a slot of this name belongs to something else
     */
    Optional<Lsn> slotPosition();

    /**
     * The slot as the server shows it.
     *
     * @throws WalException if there is no slot, or it is no longer this session that the server streams to: a connection can be
     *     dead without a sign of it
     */
    SlotStatus slotStatus();

    /**
     * Which standby keeps the server from sending: a failover slot waits for those that {@code synchronized_standby_slots} names.
     *
     * @return null unless the server has waited since the last call, some seconds ago
     * @throws DatabaseSetupException if it should wait, and no longer does
     */
    @Nullable
    String heldBack();

    /**
     * Whether the rows of a moment may be sent, as far as standbys are concerned. What comes by the stream the server itself holds
     * back; this is for rows that are read from the table.
     *
     * @param lsn where the WAL ended when the rows were visible
     */
    boolean standbysHave(Lsn lsn);

    /** The slot as the server shows it to a relay that does not have it; empty if there is none. */
    Optional<SlotStatus> look();

    /**
     * Takes the slot from a relay of which nothing is heard any more: ends the server's process that has it for that relay.
     *
     * @param holder as it was looked at last; it is not touched if it has shown a sign of life since, or is another one
     */
    Termination terminate(Holder holder);

    /** What has become of a process that was to be ended. */
    enum Termination {
        /** It has been told to end, and will have, or nearly. */
        DONE,
        /** It is another one, or has shown a sign of life. */
        NOT_DUE,
        /** The role may not end it. */
        NOT_ALLOWED
    }

    /** Names the outbox for all time and among all servers: PostgreSQL's system identifier, and the slot. */
    String pipeline();

    /**
     * Removes the slot, if there is one.
     *
     * @throws SlotInUseException if another relay streams from it
     */
    void dropSlot();

    /**
     * Makes the pipeline known to the writing side, so that nothing is retired that it has not published, and then creates the slot.
     *
     * @throws SlotInUseException if another relay has just created it
     * @throws WalException if transactions that stay open keep it from being created
     */
    NewSlot createSlot();

    /** The rows that are older than the slot. */
    RetainedRows retainedRows();

    /** What consumers have and the database has lost. To be asked for only after {@link #facts}. */
    Losses losses();

    /**
     * Takes the slot and starts to stream where it is confirmed. Until then whoever may can move it, also while this relay leads.
     *
     * @throws SlotInUseException if another relay streams from it
     */
    WalStream stream();

    /** Ends the connections at once. What was confirmed last may still be on its way to the server. */
    @Override
    void close();
}
