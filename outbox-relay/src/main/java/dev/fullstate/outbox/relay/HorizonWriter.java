package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.wal.Horizon;
import dev.fullstate.outbox.relay.wal.Horizons;
import dev.fullstate.outbox.relay.wal.Reached;
import dev.fullstate.outbox.relay.wal.WalException;

/**
 * Notes in the database which transactions are published, so that the writing side can retire their rows (ADR 11): once a second at most,
 * and only while there are events. The last note of a busy time shows all of its events, and then the writer rests.
 *
 * <p>It reads a horizon, and writes it when everything up to its position is published, and recorded in Kafka. A horizon that cannot be written loses nothing:
 * rows are kept longer.
 */
final class HorizonWriter {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Horizons table;
    private final Runnable requirePublication;
    private final Notes notes;
    /**
     * True if an event has been received that no horizon shows that was read. True at first: an earlier relay may have left events to be
     * noted, so the first horizon is written without any event.
     */
    private boolean newEvents = true;
    /** The horizon that was read and is not noted, because not everything before it is published; null between two notes. */
    private @Nullable Horizon horizon;

    /**
     * @param requirePublication makes sure that rows cannot have been missed, or throws a {@link WalException}, so that no further horizon may be
     *     noted
     */
    HorizonWriter(Horizons table, Runnable requirePublication, LongSupplier nanoTime) {
        this.table = table;
        this.requirePublication = requirePublication;
        this.notes = new Notes(nanoTime, "no rows are retired");
    }

    /** Notes that an event was received. Its transaction has committed, so each horizon that is read from now on shows it. */
    void noteReceived() {
        newEvents = true;
    }

    /** Returns whether a note waits for a position of a later moment. */
    boolean isWaiting(Reached recorded) {
        Horizon waiting = horizon;
        return waiting != null && !recorded.covers(waiting);
    }

    /**
     * @param recorded everything before it is published, and Kafka has the position
     * @throws WalException if the publication has changed; the writer logs other failures, and tries again
     */
    void step(Reached recorded) {
        if (notes.isResting()) {
            return;
        }
        Horizon reached = horizon;
        if (reached == null) {
            if (newEvents) {
                notes.attempt(this::read);
            }
        } else if (recorded.covers(reached)) {
            // The check follows the publication of the position, so it finds whether the stream has missed rows before
            // that.
            requirePublication.run();
            notes.attempt(() -> write(reached, recorded.lsn()));
        }
    }

    private void read() {
        horizon = table.now();
        newEvents = false;
    }

    private void write(Horizon reached, Lsn recorded) {
        table.note(reached, recorded);
        horizon = null;
        notes.rest(INTERVAL);
        notes.noteSuccess();
    }
}
