package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.LongSupplier;

import dev.fullstate.outbox.relay.wal.WalSession;

/** Looks now and then whether operators have asked for something that begins with giving the slot up: a pause, or to accept its position. */
final class PauseWatch {

    private static final long INTERVAL_NANOS = Duration.ofSeconds(3).toNanos();

    private final WalSession session;
    private final LongSupplier nanoTime;
    /** The time of the last look; only rises. A relay looks before it takes the slot, too. */
    private long lookedAt;

    PauseWatch(WalSession session, LongSupplier nanoTime) {
        this.session = session;
        this.nanoTime = nanoTime;
        this.lookedAt = nanoTime.getAsLong();
    }

    /** Returns whether the relay has to give the slot up now. */
    boolean isDue() {
        long now = nanoTime.getAsLong();
        if (now - lookedAt < INTERVAL_NANOS) {
            return false;
        }
        lookedAt = now;
        boolean paused = session.isPaused();
        if (!paused) {
            session.notePauseFollowed();
        }
        return paused || session.isAnythingAccepted();
    }
}
