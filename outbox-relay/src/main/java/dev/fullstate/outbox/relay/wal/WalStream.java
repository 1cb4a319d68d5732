package dev.fullstate.outbox.relay.wal;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;

/** The slot's stream of messages; lasts as long as its session. */
public interface WalStream {

    /** What was confirmed before the stream started. */
    Lsn start();

    /**
     * The next message, or null if none is there; waits for one a millisecond at most.
     *
     * @throws WalException if the connection is lost
     */
    @Nullable
    ByteBuffer read();

    /** How far the server has come, with all that it has sent up to there handed out by {@link #read()}. */
    Lsn serverPosition();

    /**
     * Tells the server that it need not keep anything before a position, and asks it how far it has come. Also shows it that
     * the relay is alive, and the relay that the connection is: a closed socket is noticed by writing only.
     *
     * @throws WalException if the connection is lost
     */
    void confirm(Lsn lsn);
}
