package dev.fullstate.outbox.relay.position;

import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The numbers of the published rows.
 *
 * @param highest of all sequences that consumers may have seen, also those of a history that is lost
 * @param newest of the present history; null while nothing of it is known to be published
 * @param shift of the numbers of rows that are to be published
 */
public record Numbers(long highest, @Nullable Newest newest, Shift shift) {

    /** Nothing is published. */
    public static final Numbers NONE = new Numbers(0, null, Shift.NONE);

    /** {@return whether consumers may have seen any event} */
    public boolean isAnyPublished() {
        return highest > 0 || newest != null;
    }

    /** Counts one more published row. */
    public Numbers with(long seq, UUID id) {
        return new Numbers(
                Math.max(highest, shift.apply(seq)),
                newest == null || seq > newest.seq() ? new Newest(seq, id) : newest,
                shift);
    }

    /** Returns the same numbers, with this row as the newest. */
    public Numbers withNewest(@Nullable Newest row) {
        return new Numbers(row == null ? highest : Math.max(highest, shift.apply(row.seq())), row, shift);
    }

    /** {@return the numbers of everything that is published at one of two points of one history} */
    Numbers furthest(Numbers other) {
        boolean newer = other.newest != null && (newest == null || other.newest.seq() > newest.seq());
        return new Numbers(Math.max(highest, other.highest), newer ? other.newest : newest, shift);
    }
}
