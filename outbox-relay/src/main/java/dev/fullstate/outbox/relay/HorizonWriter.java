package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.wal.Horizon;
import dev.fullstate.outbox.relay.wal.Horizons;
import dev.fullstate.outbox.relay.wal.WalException;
import dev.fullstate.outbox.relay.wal.WalStream;

/**
 * Notes in the database which transactions are published, so that the writing side can retire their rows (ADR 11): once a second at
 * most, and only while there are events. The last note of a busy time shows all of its events, and then there is silence.
 *
 * <p>A horizon is read, and written when everything up to its position is published. Nothing is lost where it cannot be
 * written: rows are kept longer.
 */
final class HorizonWriter {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Database database;
    private final Notes notes;
    /**
     * Whether an event has been received that no horizon shows yet which was read. True at first: what an earlier relay has left to be
     * noted is not known, so the first horizon is written without any event.
     */
    private boolean newEvents = true;
    /** Was read and is not noted, because not everything before it is published; null between two notes. */
    private @Nullable Horizon horizon;

    /** The database, as far as it is asked and told about this. */
    interface Database {

        /**
         * Makes sure that the stream cannot have missed rows.
         *
         * @throws WalException if it may have, so that nothing more may be said to be published
         */
        void requirePublication();

        Horizon now();

        void note(Horizon horizon, Lsn published);

        static Database of(WalStream stream) {
            Horizons table = stream.horizons();
            return new Database() {

                @Override
                public void requirePublication() {
                    stream.requirePublication();
                }

                @Override
                public Horizon now() {
                    return table.now();
                }

                @Override
                public void note(Horizon horizon, Lsn published) {
                    table.note(horizon, published);
                }
            };
        }
    }

    HorizonWriter(Database database, LongSupplier nanoTime) {
        this.database = database;
        this.notes = new Notes(nanoTime, "no rows are retired");
    }

    /** Takes note of an event. Its transaction has committed, so each horizon that is read from now on shows it. */
    void noteReceived() {
        newEvents = true;
    }

    /**
     * @param published everything before it is published
     * @throws WalException if the publication is not what it was; what else goes wrong is logged and tried again
     */
    void step(Lsn published) {
        if (notes.isResting()) {
            return;
        }
        Horizon reached = horizon;
        if (reached == null) {
            if (newEvents) {
                notes.attempt(this::read);
            }
        } else if (!reached.lsn().isAfter(published)) {
            // After the position is reached: what the stream had missed before it shows now.
            database.requirePublication();
            notes.attempt(() -> write(reached, published));
        }
    }

    private void read() {
        horizon = database.now();
        newEvents = false;
    }

    private void write(Horizon reached, Lsn published) {
        database.note(reached, published);
        horizon = null;
        notes.rest(INTERVAL);
        notes.noteSuccess();
    }
}
