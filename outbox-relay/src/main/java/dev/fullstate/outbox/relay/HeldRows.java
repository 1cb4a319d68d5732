package dev.fullstate.outbox.relay;

import java.util.HashMap;
import java.util.Map;

import dev.fullstate.outbox.relay.position.Behind;
import dev.fullstate.outbox.relay.position.Extent;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Waiting;

/**
 * The aggregate types whose topics take no events, while rows come from the table: their rows wait there, and all others are published. Once
 * the topic of a type takes events, its rows are {@link CatchingUp caught up with}, and not before: others have gone on meanwhile.
 */
final class HeldRows {

    private final HeldTopics topics;
    private final boolean areUncertain;
    private final Map<String, Waiting.Rows> types;

    /**
     * @param start says which types wait already
     * @param areUncertain whether Kafka may have rows that are not known to be published
     */
    HeldRows(HeldTopics topics, ResumePoint start, boolean areUncertain) {
        this.topics = topics;
        this.areUncertain = areUncertain;
        this.types = new HashMap<>(start.waiting().types());
    }

    /**
     * Lets a row wait if those of its type do; returns whether it waits.
     *
     * @param before with everything that is published before the row
     */
    boolean letWait(String aggregateType, Fill before) {
        Waiting.Rows known = types.get(aggregateType);
        if (known == null) {
            if (!topics.holds(aggregateType)) {
                return false;
            }
            HeldTopics.requireRoom(types.size());
            known = new Waiting.Rows(before, 0, areUncertain);
        }
        types.put(aggregateType, known.withAnother());
        return true;
    }

    boolean waits(String aggregateType) {
        return types.containsKey(aggregateType) || topics.holds(aggregateType);
    }

    /** Returns whether rows wait although their topic takes events. */
    boolean isAnyFree() {
        return !types.isEmpty() && !topics.released(types.keySet()).isEmpty();
    }

    Waiting waiting() {
        return types.isEmpty() ? Waiting.NONE : new Waiting(types);
    }

    /** Returns the same types as those of a stream that begins after the rows: the slot is not confirmed before they are published. */
    Behind behind(Lsn start) {
        Map<String, Extent> behind = new HashMap<>();
        types.keySet().forEach(type -> behind.put(type, new Extent(start, null)));
        return new Behind(behind);
    }
}
