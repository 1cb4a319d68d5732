package dev.fullstate.outbox.relay.parking;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * An aggregate whose events wait: some rows of the outbox by their numbers, and behind them all of its rows from one number to another.
 *
 * @param type empty if the rows have none
 * @param id empty if the rows have none
 * @param alone numbers of single rows that wait, in rising order: first of all the one that cannot be published. They are told by their numbers
 *     alone, because anything else may be corrected
 * @param first number of the first row of the range; above {@code last} if the range is empty
 * @param last number of the last row of the range
 * @param blocked number of the row that could not be published and has a dead letter
 * @param eventId of that row; null if it has none
 * @param count of the events that wait
 * @param bytes of the payloads that wait
 * @param reason why the row cannot be published
 * @param since when the row could not be published
 * @param giveUps how many events may be given up while the aggregate is published; negative while it waits for an operator
 */
public record ParkedAggregate(
        String type,
        String id,
        List<Long> alone,
        long first,
        long last,
        long blocked,
        @Nullable String eventId,
        long count,
        long bytes,
        String reason,
        Instant since,
        int giveUps) {

    /** Waits for an operator. */
    static final int WAITS = -1;

    /** More single rows than rows that are written by hand have reason to be; each is looked up by itself. */
    private static final int MAX_ALONE = 100;

    private static final long NO_FIRST = 0;
    private static final long NO_LAST = -1;
    private static final int NAMES_AND_NUMBERS = 400;
    private static final int BYTES_PER_NUMBER = 21;
    private static final int USUAL_REASON = 400;
    /** A control character in JSON, as in {@code \u005cu0001}. */
    private static final int ESCAPED = 6;

    public ParkedAggregate {
        alone = List.copyOf(alone);
    }

    /** Parks an aggregate at a row. */
    public static ParkedAggregate at(
            String type, String id, long seq, @Nullable String eventId, long bytes, String reason, Instant since) {
        return new ParkedAggregate(
                type, id, List.of(seq), NO_FIRST, NO_LAST, seq, eventId, 1, bytes, reason, since, WAITS);
    }

    /** {@return whether its events are being published} */
    public boolean mayBePublished() {
        return giveUps != WAITS;
    }

    /** {@return whether it has rows behind the single ones} */
    public boolean hasRange() {
        return first <= last;
    }

    /** Returns the number of the next row to be published, or one below it. */
    public long next() {
        return alone.isEmpty() ? first : alone.get(0);
    }

    AggregateKey key() {
        return new AggregateKey(type, id);
    }

    /** {@return whether another row can wait} */
    boolean canWait(long seq) {
        return alone.size() < MAX_ALONE || isBehindAll(seq) || isWaiting(seq);
    }

    private boolean isWaiting(long seq) {
        return (seq >= first && seq <= last) || alone.contains(seq);
    }

    /** Rows without an identity are told by their numbers alone: it is what may be corrected. */
    private boolean isBehindAll(long seq) {
        return !type.isEmpty() && !id.isEmpty() && isAboveAll(seq);
    }

    private boolean isAboveAll(long seq) {
        return hasRange() ? seq > last : alone.stream().allMatch(each -> seq > each);
    }

    /**
     * Returns the aggregate with another row that waits; a row that does already changes nothing. One below the range waits alone: rows between
     * it and the range may be published.
     */
    ParkedAggregate with(long seq, long size) {
        if (isWaiting(seq)) {
            return this;
        }
        boolean behind = isBehindAll(seq);
        return new ParkedAggregate(
                type,
                id,
                behind ? alone : withAlone(seq),
                behind && !hasRange() ? seq : first,
                behind ? seq : last,
                blocked,
                eventId,
                count + 1,
                bytes + size,
                reason,
                since,
                giveUps);
    }

    private List<Long> withAlone(long seq) {
        List<Long> more = new ArrayList<>(alone);
        more.add(seq);
        more.sort(null);
        return more;
    }

    ParkedAggregate released(int mayGiveUp) {
        return new ParkedAggregate(
                type, id, alone, first, last, blocked, eventId, count, bytes, reason, since, mayGiveUp);
    }

    /** Returns the aggregate without its next row, which does not wait any more. */
    ParkedAggregate after(long seq, long size) {
        return passed(seq).less(1, size);
    }

    private ParkedAggregate less(long rows, long size) {
        return new ParkedAggregate(
                type,
                id,
                alone,
                first,
                last,
                blocked,
                eventId,
                Math.max(0, count - rows),
                Math.max(0, bytes - size),
                reason,
                since,
                giveUps);
    }

    /** Returns the aggregate without rows up to a number, none of which was found: the next single one, or those of the range. */
    ParkedAggregate without(long through) {
        return alone.isEmpty() ? passed(through) : passed(through).less(1, 0);
    }

    private ParkedAggregate passed(long through) {
        boolean single = !alone.isEmpty();
        boolean emptied = !single && through >= last;
        return new ParkedAggregate(
                type,
                id,
                single ? alone.subList(1, alone.size()) : alone,
                single ? first : emptied ? NO_FIRST : Math.max(first, through + 1),
                emptied ? NO_LAST : last,
                blocked,
                eventId,
                count,
                bytes,
                reason,
                since,
                giveUps);
    }

    boolean isEmpty() {
        return alone.isEmpty() && !hasRange();
    }

    ParkedAggregate givenUp() {
        return released(giveUps == Integer.MAX_VALUE ? giveUps : giveUps - 1);
    }

    /** Returns the aggregate as it waits again, at its next row, which is told by its number from now on. */
    ParkedAggregate blockedAt(long seq, @Nullable String event, String why, Instant time) {
        ParkedAggregate rest = passed(seq);
        return new ParkedAggregate(
                type,
                id,
                rest.withAlone(seq),
                rest.first,
                rest.last,
                seq,
                event,
                count,
                bytes,
                why,
                blocked == seq ? since : time,
                WAITS);
    }

    /** Returns the size of its part of the record, in JSON, at most: whatever its numbers will be, and with room for another reason. */
    long recordBytes() {
        return NAMES_AND_NUMBERS
                + (long) BYTES_PER_NUMBER * alone.size()
                + jsonBytes(type)
                + jsonBytes(id)
                + Math.max(USUAL_REASON, jsonBytes(reason));
    }

    private static long jsonBytes(String text) {
        return text.chars()
                .map(each -> each < ' ' ? ESCAPED : each == '"' || each == '\\' ? 2 : each < 0x80 ? 1 : 3)
                .asLongStream()
                .sum();
    }

    /** The identity of an aggregate. */
    record AggregateKey(String type, String id) {}
}
