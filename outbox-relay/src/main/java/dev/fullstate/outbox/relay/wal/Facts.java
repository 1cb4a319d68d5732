package dev.fullstate.outbox.relay.wal;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Origin;
import dev.fullstate.outbox.relay.position.Timeline;

/**
 * The facts of a database at one moment that tell whether a position belongs to it.
 *
 * @param origin of positions from now on
 * @param ancestors the timelines before the present one
 * @param walEnd where the next WAL record begins
 * @param slot null if there is none
 * @param lastSequence the number that was drawn last; 0 if none was
 * @param newest what has become of the row that the position calls the newest
 * @param note null if no relay of this name has ever begun with this database
 * @param source where rows are read from now on
 * @param database its number in the server
 */
public record Facts(
        Origin origin,
        List<Ancestor> ancestors,
        Lsn walEnd,
        @Nullable Slot slot,
        long lastSequence,
        Trace newest,
        @Nullable Note note,
        Source source,
        long database) {

    public Facts {
        ancestors = List.copyOf(ancestors);
    }

    /** A timeline that the present one has come out of: what was written to it before that position is in both. */
    public record Ancestor(Timeline timeline, Lsn leftAt) {}

    /**
     * The replication slot.
     *
     * @param confirmed where a stream starts
     * @param lost whether the server has given it up
     */
    public record Slot(Lsn confirmed, boolean lost) {}

    /**
     * The notes of a relay in this database.
     *
     * @param snapshot every transaction that it shows is published
     * @param ofThisServer whether transactions have the same numbers here as where it was written
     * @param recorded up to where Kafka had the position when the note was made; 0/0 if nothing was published
     */
    public record Note(String snapshot, boolean ofThisServer, Lsn recorded) {

        /** Returns whether anything is published. */
        public boolean published() {
            return recorded.isAfter(Lsn.ZERO);
        }
    }

    /** The fate of a row that was published. */
    public enum Trace {
        /** No row is asked for. */
        UNKNOWN,
        /** It is there. */
        THERE,
        /** It is gone, with all that have lower numbers, and so old that their leaves may have been retired. */
        RETIRED,
        /** It is gone, and is too young for that, or rows with lower numbers are there. */
        MISSING,
        /** Another row has its number. */
        REPLACED
    }
}
