package dev.fullstate.outbox.relay.wal;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;

/** The slot's stream of messages, and what the loop asks and notes beside it; lasts as long as its session. Used by one thread. */
public interface WalStream {

    /** {@return the position that was confirmed before the stream started} */
    Lsn start();

    /**
     * Returns the next message, or null if none is there; waits for one a millisecond at most.
     *
     * @throws WalException if the connection is lost
     */
    @Nullable
    ByteBuffer read();

    /**
     * Waits until the server may have sent something, or for that time; returns at once where there is no way to wait.
     *
     * @throws WalException if the connection is lost
     */
    void awaitMessage(Duration atMost);

    /** {@return the server's position, up to which {@link #read()} has returned everything} */
    Lsn serverPosition();

    /**
     * Tells the server that it need not keep anything before a position, and asks it how far it has come. Also shows it that
     * the relay is alive, and the relay that the connection is: a closed socket is noticed by writing only.
     *
     * @throws WalException if the connection is lost
     */
    void confirm(Lsn lsn);

    /** {@return the position up to which the server shows the slot as confirmed; empty if there is no slot} */
    Optional<Lsn> slotPosition();

    /**
     * Returns the slot as the server shows it.
     *
     * @throws WalException if there is no slot, or it is no longer this session that the server streams to: a connection can be
     *     dead without a sign of it
     */
    SlotStatus slotStatus();

    /**
     * Names the standby that keeps the server from sending: a failover slot waits for those that {@code synchronized_standby_slots} names.
     *
     * @return null unless the server has waited since the last call, some seconds ago
     * @throws DatabaseSetupException if it should wait, and no longer does
     */
    @Nullable
    String heldBack();

    /**
     * Makes sure that the publication is still the one that was subscribed to, so that no row can be missing from the stream up to now.
     *
     * @throws WalException if there is none, it does not publish what it should, or it has changed
     */
    void requirePublication();

    /** {@return the table in which the loop notes what is published} */
    Horizons horizons();

    /** Returns the table in which the loop notes up to where republish jobs reach. */
    RepublishJobs republishJobs();

    /** Returns the rows as they are in the table. */
    CurrentRows currentRows();
}
