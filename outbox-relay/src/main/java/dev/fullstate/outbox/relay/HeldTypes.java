package dev.fullstate.outbox.relay;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

import dev.fullstate.outbox.relay.position.Behind;
import dev.fullstate.outbox.relay.position.Extent;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;

/**
 * The aggregate types whose topics take no events: their events wait in the WAL, and all others are published (ADR 32). The position says how
 * far each type is published, and nothing beyond the lowest of these is confirmed. Once a topic takes events, the stream begins again there,
 * and passes over what is published.
 */
final class HeldTypes {

    private final Stages stages;
    private final Publisher publisher;
    private final ResumePoint start;
    private final HeldTopics topics;
    /** Types of which rows wait, with how far they are published; each has a topic of {@code topics}. */
    private final Map<String, Extent> held = new TreeMap<>();
    /** Types that were held when the position was written, and that are published now. */
    private final Map<String, Extent> released = new TreeMap<>();
    /** True until the stream has come to where most types are published at the start, and the released ones are published up to there. */
    private boolean readingAgain = true;

    /** @param topics settles which types are held */
    HeldTypes(Stages stages, Publisher publisher, ResumePoint start, HeldTopics topics) {
        this.stages = stages;
        this.publisher = publisher;
        this.start = start;
        this.topics = topics;
        start.behind().types().forEach((type, extent) -> (topics.holds(type) ? held : released).put(type, extent));
        if (!released.isEmpty()) {
            stages.log()
                    .info("Events of " + released.keySet() + " are published from "
                            + new Behind(released).lowest(start.through()) + " on; all others are published up to "
                            + start.extent());
        }
    }

    /** {@return whether no type is, or was, treated in another way than the others} */
    boolean areThereNone() {
        return topics.areThereNone() && released.isEmpty() && held.isEmpty();
    }

    /**
     * Lets a row wait if those of its type do; returns whether it waits.
     *
     * @param received everything before the row. With the first row of its type in this stream, the type is published that far: the slot may
     *     be confirmed there, and nothing shows that a type waits before there is something that waits
     */
    boolean letWait(String aggregateType, Extent received) {
        if (!topics.holds(aggregateType)) {
            return false;
        }
        held.computeIfAbsent(aggregateType, type -> {
            HeldTopics.requireRoom(held.size());
            return start.extent(type).furthest(received);
        });
        return true;
    }

    /** Returns the types of which less is published than of the others, after everything that was received. */
    Behind behind(Extent received) {
        if (held.isEmpty() && (released.isEmpty() || !readingAgain)) {
            return Behind.NONE;
        }
        Map<String, Extent> behind = new HashMap<>(held);
        released.forEach((type, extent) -> {
            Extent now = extent.furthest(received);
            if (now.isBefore(start.extent())) {
                behind.put(type, now);
            }
        });
        return new Behind(behind);
    }

    /** Has it recorded, once, that the released types are published as far as the others. */
    void step(Extent received) {
        if (readingAgain && received.isBefore(start.extent())) {
            return;
        }
        if (readingAgain && !released.isEmpty()) {
            publisher.publishNothing(() -> {});
            topics.forget(released.keySet());
            stages.log().info("All events of " + released.keySet() + " that waited are given to Kafka");
        }
        readingAgain = false;
        // Not before the others are published as far as they were, because they wait for that.
        topics.ask();
    }

    /** Returns the position up to which events of all types are published, if those that do not wait are up to this one. */
    Lsn lowest(Lsn published) {
        return behind(new Extent(published, null)).lowest(published);
    }
}
