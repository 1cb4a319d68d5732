package dev.fullstate.outbox.relay;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.kafka.UnavailableTopicsException;
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

    /** A bound on the position's record; beyond it, a topic that takes no events stops the relay. */
    private static final int MAX_TYPES = 100;

    private final Stages stages;
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
    /** True until the stream has come to where most types are published at the start, and the released ones are published up to there. */
    private boolean readingAgain = true;

    private HeldTypes(Stages stages, Publisher publisher, ResumePoint start) {
        this.stages = stages;
        this.router = stages.router();
        this.unavailable = stages.unavailable();
        this.publisher = publisher;
        this.start = start;
        this.topics = unavailable.holding();
        start.behind().types().forEach((type, extent) -> (holds(type) ? held : released).put(type, extent));
        if (!released.isEmpty()) {
            stages.log()
                    .info("Events of " + released.keySet() + " are published from "
                            + new Behind(released).lowest(start.through()) + " on; all others are published up to "
                            + start.extent());
        }
    }

    /** Asks first whether the topics take events by now for which types were held: an attempt in vain would cost the others a moment. */
    static HeldTypes of(Stages stages, Publisher publisher, ResumePoint start) {
        Map<String, CompletableFuture<Boolean>> questions = new TreeMap<>();
        start.behind().types().keySet().stream()
                .flatMap(type -> stages.router().findTopic(type).stream())
                .filter(topic -> stages.unavailable().problem(topic) == null)
                .forEach(topic -> questions.computeIfAbsent(topic, publisher::takesEvents));
        questions.forEach((topic, question) -> {
            if (Boolean.FALSE.equals(answer(stages, topic, question))) {
                stages.unavailable().hold(topic, Problem.of(UnavailableTopicsException.notYet(topic)));
            }
        });
        return new HeldTypes(stages, publisher, start);
    }

    /** Returns Kafka's answer; null if it gives none. */
    private static @Nullable Boolean answer(Stages stages, String topic, CompletableFuture<Boolean> question) {
        try {
            return question.join();
        } catch (CompletionException e) {
            stages.log().info("Kafka does not say whether topic '" + topic + "' takes events: " + e.getCause());
            return null;
        }
    }

    /** {@return whether no type is, or was, treated in another way than the others} */
    boolean areThereNone() {
        return topics.isEmpty() && released.isEmpty() && held.isEmpty();
    }

    /** Returns whether events of a type, of which there are some, wait. */
    boolean holds(String aggregateType) {
        return !topics.isEmpty()
                && router.findTopic(aggregateType).filter(this::isHeld).isPresent();
    }

    /** Returns whether events for a topic, of which there are some, wait. */
    boolean isHeld(String topic) {
        boolean isHeld = topics.contains(topic);
        if (isHeld) {
            awaited.add(topic);
        }
        return isHeld;
    }

    /**
     * Lets a row wait if those of its type do; returns whether it waits.
     *
     * @param received everything before the row. With the first row of its type in this stream, the type is published that far: the slot may
     *     be confirmed there, and nothing shows that a type waits before there is something that waits
     */
    boolean letWait(String aggregateType, Extent received) {
        if (!holds(aggregateType) || (held.size() >= MAX_TYPES && !held.containsKey(aggregateType))) {
            return false;
        }
        held.computeIfAbsent(aggregateType, type -> start.extent(type).furthest(received));
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
            released.keySet().forEach(type -> router.findTopic(type).ifPresent(unavailable::forget));
            stages.log().info("All events of " + released.keySet() + " that waited are given to Kafka");
        }
        readingAgain = false;
        ask();
    }

    /** Asks now and then whether the topics take events; not before the others are published as far as they were, because they wait for that. */
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
            String topic = question.getKey();
            CompletableFuture<Boolean> asking = question.getValue();
            if (asking.isDone() && Boolean.TRUE.equals(answer(stages, topic, asking))) {
                taking.add(topic);
            }
            return asking.isDone();
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
                        "Events for " + topicNames() + " wait, and hold up no others: " + problem.message(),
                        problem.remedy());
            }
        }
        return null;
    }
}
