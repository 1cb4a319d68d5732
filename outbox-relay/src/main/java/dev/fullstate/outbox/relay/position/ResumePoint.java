package dev.fullstate.outbox.relay.position;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Up to where events are published.
 *
 * @param through everything that was committed before it; the end of a transaction, or between transactions. In a first start
 *     only once the slot exists, until then {@code rows} says what is published
 * @param within the last published event of the transaction that follows and is published by half; null if none is
 * @param rows what a first start has published; empty after it. Later attempts come last, and reach less far than those before
 */
public record ResumePoint(Lsn through, @Nullable Position within, List<PublishedRows> rows) {

    private static final String ROWS = "rows";

    public ResumePoint {
        rows = List.copyOf(rows);
    }

    public ResumePoint(Lsn through, @Nullable Position within) {
        this(through, within, List.of());
    }

    /** A first start has published some more rows. */
    public ResumePoint with(PublishedRows published) {
        // A later snapshot shows whatever an earlier one does.
        Stream<PublishedRows> reachingFurther = rows.stream().filter(earlier -> earlier.seq() > published.seq());
        return new ResumePoint(
                through,
                within,
                Stream.concat(reachingFurther, Stream.of(published)).toList());
    }

    /** Whether the event is published already. */
    public boolean covers(Position event) {
        // A commit begins before it ends, and the next one where it ends or later.
        return through.isAfter(event.commitLsn())
                || (within != null && within.commitLsn().equals(event.commitLsn()) && within.index() >= event.index());
    }

    /** The point at which everything is published that is published at one of two points; of the stream, not a first start's. */
    public ResumePoint furthest(ResumePoint other) {
        Lsn furthestThrough = other.through.isAfter(through) ? other.through : through;
        Position furthestWithin =
                within == null || (other.within != null && other.within.isAfter(within)) ? other.within : within;
        return new ResumePoint(
                furthestThrough,
                furthestWithin == null || furthestThrough.isAfter(furthestWithin.commitLsn()) ? null : furthestWithin);
    }

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is not a resume point
     */
    public static ResumePoint parse(String text) {
        List<String> words = List.of(text.split(" ", -1));
        Lsn through = Lsn.parse(words.get(0));
        if (words.size() == 1) {
            return new ResumePoint(through, null);
        }
        if (!words.get(1).equals(ROWS)) {
            return new ResumePoint(through, Position.parse(words.get(1)));
        }
        List<PublishedRows> rows = new ArrayList<>();
        words.subList(2, words.size()).forEach(word -> rows.add(PublishedRows.parse(word)));
        return new ResumePoint(through, null, rows);
    }

    /**
     * Position, and if there is one the event, as in {@code 0/16B3748 0/16B4000#17}; in a first start position and published
     * rows, as in {@code 0/16B3748 rows 1200@735:740:736}.
     */
    @Override
    public String toString() {
        if (!rows.isEmpty()) {
            return rows.stream()
                    .map(PublishedRows::toString)
                    .collect(Collectors.joining(" ", through + " " + ROWS + " ", ""));
        }
        return within == null ? through.toString() : through + " " + within;
    }
}
