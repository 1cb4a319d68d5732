package dev.fullstate.outbox.relay;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.UnavailableTopicsException;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.route.Router;

/**
 * The topics that take no events, as it was settled when an activity began: each type is held as a whole or not at all (ADR 32). Asks Kafka
 * whether they take events by now.
 */
final class HeldTopics {

    /** A bound on the position's record. */
    private static final int MAX_TYPES = 100;

    private final Stages stages;
    private final Router router;
    private final UnavailableTopics unavailable;
    private final Publisher publisher;
    private final Set<String> topics;
    /** Those of {@code topics} for which something waits. */
    private final Set<String> awaited = new TreeSet<>();
    /** By topic, the question to Kafka that was not answered, or whose answer was not looked at. */
    private final Map<String, CompletableFuture<Boolean>> asked = new HashMap<>();

    private HeldTopics(Stages stages, Publisher publisher, ResumePoint start) {
        this.stages = stages;
        this.router = stages.router();
        this.unavailable = stages.unavailable();
        this.publisher = publisher;
        this.topics = unavailable.holding();
        topics(router, start).filter(topics::contains).forEach(awaited::add);
    }

    /** Returns the topics of the types that were held when the position was written. */
    private static Stream<String> topics(Router router, ResumePoint start) {
        return Stream.concat(start.behind().types().keySet().stream(), start.waiting().types().keySet().stream())
                .flatMap(type -> router.findTopic(type).stream());
    }

    /**
     * Asks first whether the topics take events by now for which types were held, or are and nobody has asked for a while: an attempt in vain would
     * cost the others a moment.
     */
    static HeldTopics of(Stages stages, Publisher publisher, ResumePoint start) {
        UnavailableTopics unavailable = stages.unavailable();
        Map<String, CompletableFuture<Boolean>> questions = new TreeMap<>();
        Stream.concat(
                        topics(stages.router(), start).filter(topic -> unavailable.problem(topic) == null),
                        unavailable.holding().stream().filter(unavailable::isQuestionDue))
                .forEach(topic -> questions.computeIfAbsent(topic, publisher::takesEvents));
        questions.forEach((topic, question) -> {
            Boolean takesEvents = answer(stages, topic, question);
            boolean isHeld = unavailable.problem(topic) != null;
            if (Boolean.FALSE.equals(takesEvents) && !isHeld) {
                unavailable.hold(topic, Problem.of(UnavailableTopicsException.notYet(topic)));
            } else if (Boolean.TRUE.equals(takesEvents) && isHeld) {
                unavailable.letGo(topic);
            }
        });
        return new HeldTopics(stages, publisher, start);
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

    boolean areThereNone() {
        return topics.isEmpty();
    }

    /** Returns whether events of a type, of which there are some, wait. */
    boolean holds(String aggregateType) {
        return !topics.isEmpty()
                && router.findTopic(aggregateType).filter(this::isHeld).isPresent();
    }

    /** Returns those of the types of which rows wait whose topics take events. */
    Set<String> released(Set<String> waiting) {
        return waiting.stream().filter(type -> !holds(type)).collect(Collectors.toSet());
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
     * Makes sure that one more type may be held.
     *
     * @param count of the types that are
     */
    static void requireRoom(int count) {
        if (count >= MAX_TYPES) {
            throw new BrokerException(
                    "Events of " + count + " aggregate types wait for topics that take none, as many as may",
                    "Mend the topics that the health or the log has named; events of all types wait until then",
                    null);
        }
    }

    /** Asks now and then whether the topics take events. */
    void ask() {
        for (String topic : awaited) {
            if (!asked.containsKey(topic) && unavailable.isQuestionDue(topic)) {
                asked.put(topic, publisher.takesEvents(topic));
            }
        }
    }

    /** Returns whether a topic takes events again, so that its types have to be published. */
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

    /** Forgets that the topics of types took no events, once those that waited are published. */
    void forget(Set<String> aggregateTypes) {
        aggregateTypes.forEach(type -> router.findTopic(type).ifPresent(unavailable::forget));
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

    private String topicNames() {
        return awaited.stream().map(topic -> "topic '" + topic + "'").collect(Collectors.joining(", "));
    }
}
