package dev.fullstate.outbox.relay;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.position.Behind;
import dev.fullstate.outbox.relay.position.Extent;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.route.Router;

/**
 * The aggregate types whose topics take no events: their events wait in the WAL, and all others are published (ADR 32). The position says how
 * far each type is published, and nothing beyond the lowest of these is confirmed. Once a topic takes events, the stream begins again there,
 * and passes over what is published.
 *
 * <p>Which topics take no events is settled when the stream begins, so each type is passed over as a whole or not at all.
 */
final class HeldTypes {

    private static final Logger log = LoggerFactory.getLogger(HeldTypes.class);

    /** A bound on the position's record; beyond it, a topic that takes no events stops the relay. */
    private static final int MAX_TYPES = 100;

    private final Router router;
    private final UnavailableTopics unavailable;
    private final Publisher publisher;
    private final ResumePoint start;
    private final Set<String> topics;
    /** Those of {@code topics} for which something waits. */
    private final Set<String> awaited = new TreeSet<>();
    /** Types of which rows wait, with how far they are published; each has a topic of {@code topics}. */
    private final Map<String, Extent> held = new TreeMap<>();
    /** Types that were held when the position was written, and that are published now. */
    private final Map<String, Extent> released = new TreeMap<>();
    /** By topic, the question to Kafka that was not answered, or whose answer was not looked at. */
    private final Map<String, CompletableFuture<Boolean>> asked = new HashMap<>();
    /** True until the released types are published up to where the others were at the start. */
    private boolean catchingUp;

    HeldTypes(Stages stages, Publisher publisher, ResumePoint start) {
        this.router = stages.router();
        this.unavailable = stages.unavailable();
        this.publisher = publisher;
        this.start = start;
        this.topics = unavailable.holding();
        start.behind().types().forEach((type, extent) -> (holds(type) ? held : released).put(type, extent));
        this.catchingUp = !released.isEmpty();
        if (catchingUp) {
            log.info(
                    "Events of {} are published from {} on; all others are published up to {}",
                    released.keySet(),
                    new Behind(released).lowest(start.through()),
                    start.extent());
        }
    }

    /** {@return whether no type is, or was, treated in another way than the others} */
    boolean areThereNone() {
        return topics.isEmpty() && released.isEmpty() && held.isEmpty();
    }

    /** Returns whether events of a type, of which there are some, wait. */
    boolean holds(String aggregateType) {
        if (topics.isEmpty()) {
            return false;
        }
        Optional<String> topic = router.findTopic(aggregateType).filter(topics::contains);
        topic.ifPresent(awaited::add);
        return topic.isPresent();
    }

    /** Lets a row wait if those of its type do; returns whether it waits. */
    boolean letWait(String aggregateType) {
        if (!holds(aggregateType) || (held.size() >= MAX_TYPES && !held.containsKey(aggregateType))) {
            return false;
        }
        held.computeIfAbsent(aggregateType, start::extent);
        return true;
    }

    /** Returns the types of which less is published than of the others, after everything that was received. */
    Behind behind(Extent received) {
        if (held.isEmpty() && !catchingUp) {
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
        if (catchingUp && !received.isBefore(start.extent())) {
            catchingUp = false;
            publisher.publishNothing(() -> {});
            log.info("All events of {} that waited are given to Kafka", released.keySet());
        }
        ask();
    }

    /** Asks now and then whether the topics take events, for whose events others wait. */
    private void ask() {
        for (String topic : awaited) {
            if (!asked.containsKey(topic) && unavailable.isQuestionDue(topic)) {
                asked.put(topic, publisher.takesEvents(topic));
            }
        }
    }

    /** Returns whether a topic takes events again, so that the stream has to begin again. */
    boolean isAnyReleased() {
        if (asked.isEmpty()) {
            return false;
        }
        Set<String> taking = new TreeSet<>();
        asked.entrySet().removeIf(question -> {
            CompletableFuture<Boolean> answer = question.getValue();
            if (answer.isDone() && !answer.isCompletedExceptionally() && answer.join()) {
                taking.add(question.getKey());
            }
            return answer.isDone();
        });
        taking.forEach(unavailable::letGo);
        return !taking.isEmpty();
    }

    /** Returns the position up to which events of all types are published, if those that do not wait are up to this one. */
    Lsn lowest(Lsn published) {
        return behind(new Extent(published, null)).lowest(published);
    }

    private String topicNames() {
        return awaited.stream().map(topic -> "topic '" + topic + "'").collect(Collectors.joining(", "));
    }

    /** Returns the problem that events wait; null if none do. */
    @Nullable
    Problem problem() {
        for (String topic : awaited) {
            Problem problem = unavailable.problem(topic);
            if (problem != null) {
                return new Problem(
                        problem.kind(),
                        "Events for " + topicNames() + " wait, all others are published: " + problem.message(),
                        problem.remedy());
            }
        }
        return null;
    }
}
