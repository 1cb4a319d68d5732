package dev.fullstate.outbox.relay.wal;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;

/**
 * The outbox's publication, as it was found, with the slot that this relay leads: between the lead and the stream. A session has one at a time,
 * and it lasts as long as its session. Used by one thread.
 */
public interface Subscription {

    /**
     * Asks what the database is now.
     *
     * @param recorded the position that it is to be compared with; null if there is none
     * @throws DatabaseSetupException if a slot of this name belongs to something else
     */
    Facts facts(@Nullable ResumePoint recorded);

    /**
     * Removes the slot, if there is one.
     *
     * @throws SlotInUseException if another relay streams from it
     */
    void dropSlot();

    /**
     * Takes the note of what is published back, where Kafka lacks some of it: nothing is retired then before it is published again.
     *
     * @throws WalException if that could not be written
     */
    void withdrawNote();

    /**
     * Takes the note back of a relay that had nothing to publish: as if there had never been one.
     *
     * @throws WalException if that could not be written
     */
    void withdrawEmptyNote();

    /**
     * Makes the pipeline known to the writing side, so that nothing is retired that it has not published, and then creates the slot. Where the
     * table is read, it only takes a snapshot.
     *
     * @throws SlotInUseException if another relay has just created it
     * @throws WalException if transactions that stay open keep it from being created
     */
    NewSlot createSlot();

    /**
     * Makes sure that this relay still leads.
     *
     * @throws WalException if the connection by which it leads is lost
     */
    void requireLead();

    /** Returns where rows are read. */
    Source source();

    /** Returns the rows that are older than the slot. */
    RetainedRows retainedRows();

    /** Returns the rows of one type. */
    RetainedRows retainedRows(String aggregateType);

    /** Returns the tables of parked aggregates. */
    ParkingTables parkingTables();

    /** Returns what consumers have and the database has lost. */
    Losses losses();

    /**
     * Tells whether the rows of a moment may be sent, as far as standbys are concerned. The server itself holds back what comes by the
     * stream; this is for rows that are read from the table.
     *
     * @param lsn where the WAL ended when the rows were visible
     */
    boolean standbysHave(Lsn lsn);

    /**
     * Takes the slot and starts to stream where it is confirmed. Until then anyone with the right to may move it, although this relay leads.
     *
     * @throws SlotInUseException if another relay streams from it
     */
    WalStream stream();

    /** Begins to read the table. */
    TableRows table();
}
