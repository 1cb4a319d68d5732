package dev.fullstate.outbox.relay.position;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The point up to which events are published (ADR 13), and its history (ADR 28).
 *
 * @param through everything that was committed before it, with the rows of the fill if one is under way; the end of a transaction, or
 *     between transactions
 * @param within the last published event of the following transaction if that is partly published; null if it is not
 * @param fill progress in the rows before {@code through}; null if all are published
 * @param origin of the position
 * @param numbers of the published rows
 * @param gap that was found, and of which the fill has not begun; null if none was
 * @param behind the aggregate types of which less is published
 * @param table the moment whose rows are published, with those of the fill beside it; null if the stream is read (ADR 35)
 * @param waiting the aggregate types of which fewer rows of the table are published than of all others
 */
public record ResumePoint(
        Lsn through,
        @Nullable Position within,
        @Nullable Fill fill,
        Origin origin,
        Numbers numbers,
        @Nullable FoundGap gap,
        Behind behind,
        @Nullable TablePoint table,
        Waiting waiting) {

    private static final String TIMELINE = "timeline";
    private static final String PUBLICATION = "publication";
    private static final String SERVER_START = "started";
    private static final String HIGHEST = "highest";
    private static final String NEWEST = "newest";
    private static final String SHIFT = "shift";
    private static final String FILL = "fill";
    private static final String GAP = "gap";
    private static final String BEHIND = "behind";
    private static final String TABLE = "table";
    private static final String WAITING = "waiting";

    /** Makes a point of the stream. */
    public ResumePoint(Lsn through, @Nullable Position within, Origin origin, Numbers numbers) {
        this(through, within, null, origin, numbers);
    }

    /** Makes a point of the stream or of a fill. */
    public ResumePoint(Lsn through, @Nullable Position within, @Nullable Fill fill, Origin origin, Numbers numbers) {
        this(through, within, fill, origin, numbers, null, Behind.NONE, null, Waiting.NONE);
    }

    /** Returns the same point, of a history that has come out of its own. */
    public ResumePoint in(Origin later) {
        return new ResumePoint(through, within, fill, later, numbers, gap, behind, table, waiting);
    }

    /** Returns the same point as one after which nothing is published. */
    public ResumePoint asLast() {
        return in(new Origin(origin.timeline(), origin.publication()));
    }

    /** Returns the same point, after which a gap was found. */
    public ResumePoint before(FoundGap found) {
        return new ResumePoint(through, within, fill, origin, numbers, found, behind, table, waiting);
    }

    /** Returns the same point, up to which some types are not published. */
    public ResumePoint with(Behind later) {
        return new ResumePoint(through, within, fill, origin, numbers, gap, later, table, waiting);
    }

    /** Returns the same point, up to which rows of some types are not published. */
    public ResumePoint with(Waiting later) {
        return new ResumePoint(through, within, fill, origin, numbers, gap, behind, table, later);
    }

    /** Returns whether rows are being published of which some may be published already. */
    public boolean isInGap() {
        return fill != null && table == null;
    }

    /** Returns a point of the table: all rows of a snapshot are published. */
    public ResumePoint ofTable(TablePoint published) {
        return new ResumePoint(through, null, null, origin, numbers, null, Behind.NONE, published, waiting);
    }

    /** Returns the same point of the table with progress in the rows that a later snapshot shows. */
    public ResumePoint filling(Lsn end, Fill later, Numbers reached) {
        return new ResumePoint(end, null, later, origin, reached, null, Behind.NONE, table, waiting);
    }

    /** Returns the same point with the numbers of later events. */
    public ResumePoint with(Numbers later) {
        return new ResumePoint(through, within, fill, origin, later, gap, behind, table, waiting);
    }

    /** Returns how far events of types are published that are not behind. */
    public Extent extent() {
        return new Extent(through, within);
    }

    /** Returns how far events of a type are published. */
    public Extent extent(String aggregateType) {
        Extent less = behind.types().get(aggregateType);
        return less == null ? extent() : less;
    }

    /** Returns the position up to which events of all types are published. */
    public Lsn settled() {
        return behind.lowest(through);
    }

    /** Returns the furthest position in the WAL of which anything is published. */
    public Lsn reach() {
        return within == null ? through : within.commitLsn();
    }

    /** {@return whether the event is already published, unless its type is behind} */
    public boolean covers(Position event) {
        return extent().covers(event);
    }

    /** Returns the point at which everything is published that is published at one of two points of one stream, with no type behind. */
    public ResumePoint furthest(ResumePoint other) {
        Extent furthest = extent().furthest(other.extent());
        return new ResumePoint(furthest.through(), furthest.within(), origin, numbers.furthest(other.numbers));
    }

    /**
     * Reads what {@link #toString()} has written.
     *
     * @throws IllegalArgumentException if the text is not a resume point
     */
    public static ResumePoint parse(String text) {
        List<String> words = List.of(text.split(" ", -1));
        boolean inside = words.size() > 1 && words.get(1).indexOf('=') < 0;
        Map<String, String> fields = fields(words.subList(inside ? 2 : 1, words.size()));
        String serverStart = fields.remove(SERVER_START);
        String newest = fields.remove(NEWEST);
        String shift = fields.remove(SHIFT);
        String fill = fields.remove(FILL);
        String gap = fields.remove(GAP);
        String behind = fields.remove(BEHIND);
        String table = fields.remove(TABLE);
        String waiting = fields.remove(WAITING);
        ResumePoint point = new ResumePoint(
                Lsn.parse(words.get(0)),
                inside ? Position.parse(words.get(1)) : null,
                fill == null ? null : Fill.parse(fill),
                new Origin(
                        Timeline.parse(required(fields, TIMELINE)),
                        required(fields, PUBLICATION),
                        serverStart == null ? null : instant(serverStart)),
                new Numbers(
                        Long.parseLong(required(fields, HIGHEST)),
                        newest == null ? null : Newest.parse(newest),
                        shift == null ? Shift.NONE : Shift.parse(shift)),
                gap == null ? null : FoundGap.parse(gap),
                behind == null ? Behind.NONE : Behind.parse(behind),
                table == null ? null : TablePoint.parse(table),
                waiting == null ? Waiting.NONE : Waiting.parse(waiting));
        if (!fields.isEmpty()) {
            throw new IllegalArgumentException("Unknown in a position: " + fields.keySet());
        }
        return point;
    }

    private static Map<String, String> fields(List<String> words) {
        Map<String, String> fields = new HashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1 || fields.put(word.substring(0, equals), word.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("Not a field of a position, or twice: '" + word + "'");
            }
        }
        return fields;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("Not a time in a position: '" + text + "'", e);
        }
    }

    private static String required(Map<String, String> fields, String name) {
        String value = fields.remove(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("A position without '" + name + "'");
        }
        return value;
    }

    /**
     * Prints the position, if there is one the event, and fields, as in {@code 0/16B3748 0/16B4000#17
     * newest=1200:0199f0c4-8a3e-7000-8000-000000000001 highest=1200 timeline=1 publication=16400.735}. Those that each position has come last, so
     * that a text whose end was cut off is either no position, or one of another publication.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(through.toString());
        if (within != null) {
            text.append(' ').append(within);
        }
        if (numbers.newest() != null) {
            append(text, NEWEST, numbers.newest());
        }
        if (!numbers.shift().equals(Shift.NONE)) {
            append(text, SHIFT, numbers.shift());
        }
        if (fill != null) {
            append(text, FILL, fill);
        }
        if (gap != null) {
            append(text, GAP, gap);
        }
        if (!behind.isEmpty()) {
            append(text, BEHIND, behind);
        }
        if (table != null) {
            append(text, TABLE, table);
        }
        if (!waiting.isEmpty()) {
            append(text, WAITING, waiting);
        }
        if (origin.serverStart() != null) {
            append(text, SERVER_START, origin.serverStart());
        }
        append(text, HIGHEST, numbers.highest());
        append(text, TIMELINE, origin.timeline());
        append(text, PUBLICATION, origin.publication());
        return text.toString();
    }

    private static void append(StringBuilder text, String name, Object value) {
        text.append(' ').append(name).append('=').append(value);
    }
}
