package dev.fullstate.outbox.relay.wal;

import java.util.Optional;

import dev.fullstate.outbox.relay.position.Lsn;

/**
 * One attempt to read the outbox: looks at the slot, leads, subscribes, and streams, each with what comes of the step before. Used by one
 * thread; a session does not mend itself but is closed after its first failure.
 */
public interface WalSession extends AutoCloseable {

    /** Names the outbox for all time and among all servers: PostgreSQL's system identifier, and the slot. */
    String pipeline();

    /**
     * Reads the position up to which the slot is confirmed; empty if there is no slot.
     *
     * @throws DatabaseSetupException if a slot of this name belongs to something else
     */
    Optional<Lsn> slotPosition();

    /** Returns the slot as the server shows it to a relay that does not have it; empty if there is none. */
    Optional<SlotStatus> slotStatus();

    /**
     * Takes the slot from a relay that has gone silent: ends the server's process that has it for that relay.
     *
     * @param holder as it was looked at last; it is not touched if it has shown a sign of life since, or is another one
     */
    Termination terminate(Holder holder);

    /** The outcome of ending a process. */
    enum Termination {
        /** It has been told to end, and will have, or nearly. */
        DONE,
        /** It is another one, or has shown a sign of life. */
        NOT_DUE,
        /** The role may not end it. */
        NOT_ALLOWED
    }

    /**
     * Becomes the one relay of the slot, until the session is closed. Only then it may subscribe, or fence off a producer.
     *
     * @throws SlotInUseException if another relay is
     */
    void lead();

    /**
     * Finds the publication, which from now on must not change.
     *
     * @throws DatabaseSetupException if the role lacks rights; carries the grants
     * @throws WalException if there is no publication, or it does not publish what it should
     */
    Subscription subscribe();

    /**
     * Tells whether an operator has paused the pipeline, so that no relay may publish it; false where there is no table of commands, or the
     * role may not read it.
     */
    boolean isPaused();

    /** Tells whether an operator has accepted a position of the slot, and no relay has looked at that yet. */
    boolean isAnythingAccepted();

    /** Notes that commands to pause or to resume were followed. */
    void notePauseFollowed();

    /** Ends the connections at once. The last confirmation may still be on its way to the server. */
    @Override
    void close();
}
