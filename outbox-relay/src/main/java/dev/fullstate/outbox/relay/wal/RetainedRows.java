package dev.fullstate.outbox.relay.wal;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.FoundEvent;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Numbers;

/**
 * The outbox's rows that are older than the slot, in the order of {@code seq}, which per aggregate is the order of commit.
 * Together with the stream that starts at the slot's position they are all rows, each once.
 *
 * <p>Rows are told by the transaction that wrote them, and by what a snapshot says of it, so no snapshot is kept open: rows are
 * only ever inserted, and none is retired that is not published.
 */
public interface RetainedRows {

    /**
     * Rows that may be unpublished.
     *
     * @param firstSeq the lowest number among them; 0 if there is none
     * @param since the time at which the oldest row was written, or of the relay's last note, whichever is earlier; null if neither is known
     * @param noted the time of the relay's last note, which is before everything that is lost; null if there is none
     * @param aggregateTypes of all rows that may be unpublished
     */
    record Survey(
            long count,
            long firstSeq,
            @Nullable Instant since,
            @Nullable Instant noted,
            Set<String> aggregateTypes) {

        public Survey {
            aggregateTypes = Set.copyOf(aggregateTypes);
        }
    }

    /** Returns the table, for people. */
    String table();

    /** Finds the rows that have to be looked for in Kafka. */
    Survey survey(Fill fill);

    /** Begins to take note of what was found in Kafka; what was found before is forgotten. */
    void beginFound();

    /** Takes note of events that were found in Kafka. To be called before the first {@link #page}. */
    void found(List<FoundEvent> events);

    /**
     * Ends the search. Rows that are among it are left out from now on, and so are rows of the same aggregates
     * with lower numbers, which were published before.
     */
    void endFound(Fill fill);

    /**
     * Tells whether an event was found whose row the table ought to have, and has not, or whose number was shifted, and so had been lost
     * before, or whose number the sequence has still to draw.
     */
    boolean hasLost();

    /**
     * Tells whether a row is left that is published, or no row is missing after the newest that is. Otherwise rows may have been removed before they
     * were published: by hand, as the retention removes only what is.
     */
    boolean reachBackTo(long published);

    /** Returns the highest sequence that was found; 0 without any. */
    long highestFound();

    /**
     * Reads the next rows, as many as fit in some memory, but one at least if there is one.
     *
     * @return the values of {@link OutboxTable#PUBLISHED_COLUMNS} of each row, as text in UTF-8; empty after the last row
     */
    List<byte[] @Nullable []> page(Fill fill);

    /** Returns the row with the highest number that the snapshot shows; null without rows. */
    default @Nullable Newest newest(String snapshot) {
        return newest(snapshot, Set.of());
    }

    /** Returns the row with the highest number that the snapshot shows and that is of none of these types; null without rows. */
    @Nullable
    Newest newest(String snapshot, Set<String> aggregateTypes);

    /** Returns the row with the highest number that there is now; null without rows. */
    @Nullable
    Newest newest();

    /**
     * Returns the numbers with which the rows of a fill continue those that consumers have seen of a history that is lost.
     *
     * @param highest sequence that consumers may have seen
     * @param waiting the lowest number of a row that waits for an operator; {@link Long#MAX_VALUE} if none does
     */
    Numbers continuing(long highest, long waiting, Fill fill);

    /**
     * Lets the sequence continue above all numbers that are shifted. To be called once the numbers are recorded, and before the first row
     * is published with them.
     *
     * @return false if so many numbers were drawn since that some are not shifted: {@link #continuing} has to be asked again
     * @throws WalException if the role may not; carries the grant
     */
    boolean raiseSequence(Numbers numbers);
}
