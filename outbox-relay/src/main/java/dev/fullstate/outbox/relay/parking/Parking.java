package dev.fullstate.outbox.relay.parking;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.parking.ParkedAggregate.AggregateKey;

/** The parked aggregates after all rows that the relay has received; recorded together with the position. Used by the loop alone. */
public final class Parking {

    /** In the order in which they were parked. */
    private final Map<AggregateKey, ParkedAggregate> aggregates = new LinkedHashMap<>();

    /** True if a record was read. */
    private final boolean known;

    private final long maxRecordBytes;
    private long command;
    /** The highest number of a row that was parked or given up; only rises. */
    private long highest;
    /** The size of all payloads that wait. */
    private long bytes;
    /** The size of the record of all aggregates, at most. */
    private long recordBytes;
    /** As it is now; null since the last change. */
    private @Nullable Parked current;

    /**
     * @param recorded null if no record was read: nothing was ever parked, or the record was lost
     * @param maxRecordBytes size that the record of all aggregates may have
     */
    public Parking(@Nullable Parked recorded, long maxRecordBytes) {
        this.known = recorded != null;
        this.maxRecordBytes = maxRecordBytes;
        take(recorded == null ? Parked.NOTHING : recorded);
    }

    private void take(Parked recorded) {
        this.command = recorded.command();
        this.highest = recorded.highest();
        recorded.aggregates().forEach(this::put);
    }

    private void put(ParkedAggregate aggregate) {
        ParkedAggregate before = aggregates.put(aggregate.key(), aggregate);
        bytes += aggregate.bytes() - (before == null ? 0 : before.bytes());
        recordBytes += aggregate.recordBytes() - (before == null ? 0 : before.recordBytes());
        current = null;
    }

    private void remove(ParkedAggregate aggregate) {
        aggregates.remove(aggregate.key());
        bytes -= aggregate.bytes();
        recordBytes -= aggregate.recordBytes();
        current = null;
    }

    public boolean isEmpty() {
        return aggregates.isEmpty();
    }

    /** Returns the number of aggregates. */
    public int size() {
        return aggregates.size();
    }

    /** Returns the size of the payloads that wait. */
    public long bytes() {
        return bytes;
    }

    /** {@return whether a record was read; if not, nothing was ever parked, or the record was lost} */
    public boolean isKnown() {
        return known;
    }

    /** {@return whether the record of all aggregates would not be too large with another one} */
    public boolean hasRoomFor(ParkedAggregate another) {
        return recordBytes + another.recordBytes() <= maxRecordBytes;
    }

    /** Returns the state as it is now. */
    public Parked now() {
        Parked now = current;
        if (now == null) {
            now = new Parked(command, highest, List.copyOf(aggregates.values()));
            current = now;
        }
        return now;
    }

    public boolean holds(String type, String id) {
        return aggregates.containsKey(new AggregateKey(type, id));
    }

    /** Returns the number below which no row waits; {@link Long#MAX_VALUE} if none does. */
    public long lowest() {
        return aggregates.values().stream()
                .mapToLong(ParkedAggregate::next)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Notes that a row was parked or given up, instead of published. */
    public void notePassedOver(long seq) {
        if (seq > highest) {
            highest = seq;
            current = null;
        }
    }

    /** Parks an aggregate that was not parked. */
    public void park(ParkedAggregate aggregate) {
        put(aggregate);
    }

    /** {@return whether another row of a parked aggregate can wait} */
    public boolean canWait(String type, String id, long seq) {
        return require(new AggregateKey(type, id)).canWait(seq);
    }

    /** Lets one more row of a parked aggregate wait. */
    public void add(String type, String id, long seq, long size) {
        ParkedAggregate before = require(new AggregateKey(type, id));
        ParkedAggregate after = before.with(seq, size);
        if (!after.equals(before)) {
            put(after);
        }
    }

    private ParkedAggregate require(AggregateKey key) {
        ParkedAggregate found = aggregates.get(key);
        if (found == null) {
            throw new IllegalStateException(key + " is not parked");
        }
        return found;
    }

    /** Returns the last command that is followed. */
    public long command() {
        return command;
    }

    /** Follows a command: from now on the aggregates that it is for may be published. Returns their number. */
    public int follow(Command asked) {
        List<ParkedAggregate> targets =
                aggregates.values().stream().filter(asked::isFor).toList();
        targets.forEach(each -> put(each.released(asked.kind().giveUps())));
        command = asked.number();
        current = null;
        return targets.size();
    }

    /** Returns the numbers of all single rows that wait. */
    public List<Long> singles() {
        return aggregates.values().stream()
                .flatMap(each -> each.alone().stream())
                .toList();
    }

    /**
     * Returns an aggregate whose events may be published, each in its turn; null if there is none.
     *
     * @param waits tells whether all events of a type wait
     */
    public @Nullable ParkedAggregate released(Predicate<String> waits) {
        return aggregates.values().stream()
                .filter(each -> each.mayBePublished() && !waits.test(each.type()))
                .findFirst()
                .orElse(null);
    }

    /** Lets other released aggregates have their turn. */
    public void letOthersGoOn(ParkedAggregate released) {
        ParkedAggregate now = aggregates.remove(released.key());
        if (now != null) {
            aggregates.put(now.key(), now);
        }
    }

    /** Returns a released aggregate as it is now; null if nothing of it waits any more. */
    public @Nullable ParkedAggregate now(ParkedAggregate released) {
        return aggregates.get(released.key());
    }

    /** Notes that the next row of a released aggregate was published. */
    public void published(ParkedAggregate released, long seq, long size) {
        putUnlessEmpty(require(released.key()).after(seq, size));
    }

    /** Notes that the next row of a released aggregate was given up. */
    public void givenUp(ParkedAggregate released, long seq, long size) {
        putUnlessEmpty(require(released.key()).after(seq, size).givenUp());
    }

    /** Notes that the next row of a released aggregate cannot be published either: the aggregate waits again. */
    public void blocked(ParkedAggregate released, long seq, @Nullable String eventId, String reason, Instant time) {
        put(require(released.key()).blockedAt(seq, eventId, reason, time));
    }

    /** Notes that a released aggregate has no row up to a number any more: the next single one, or those of the range. */
    public void passed(ParkedAggregate released, long through) {
        putUnlessEmpty(require(released.key()).without(through));
    }

    private void putUnlessEmpty(ParkedAggregate aggregate) {
        if (aggregate.isEmpty()) {
            remove(require(aggregate.key()));
        } else {
            put(aggregate);
        }
    }
}
