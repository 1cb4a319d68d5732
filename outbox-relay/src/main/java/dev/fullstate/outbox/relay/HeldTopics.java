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
import dev.fullstate.outbox.relay.kafka.UnavailableTopicsException;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.route.Router;

/**
 * The topics that take no events, as it was settled when an activity began: each type is held as a whole or not at all (ADR 32). Asks Kafka
 * whether they take events by now.
 */
final class HeldTopics {

    private final Stages stages;
    private final Router router;
    private final UnavailableTopics unavailable;
    private final Publisher publisher;
    private final Set<String> topics;
    /** Those of {@code topics} for which something waits. */
    private final Set<String> awaited = new TreeSet<>();
    /** By topic, the question to Kafka that was not answered, or whose answer was not looked at. */
    private final Map<String, CompletableFuture<Boolean>> asked = new HashMap<>();

    private HeldTopics(Stages stages, Publisher publisher) {
        this.stages = stages;
        this.router = stages.router();
        this.unavailable = stages.unavailable();
        this.publisher = publisher;
        this.topics = unavailable.holding();
    }

    /** Asks first whether the topics take events by now for which types were held: an attempt in vain would cost the others a moment. */
    static HeldTopics of(Stages stages, Publisher publisher, ResumePoint start) {
        Map<String, CompletableFuture<Boolean>> questions = new TreeMap<>();
        Stream.concat(start.behind().types().keySet().stream(), start.waiting().types().keySet().stream())
                .flatMap(type -> stages.router().findTopic(type).stream())
                .filter(topic -> stages.unavailable().problem(topic) == null)
                .forEach(topic -> questions.computeIfAbsent(topic, publisher::takesEvents));
        questions.forEach((topic, question) -> {
            if (Boolean.FALSE.equals(answer(stages, topic, question))) {
                stages.unavailable().hold(topic, Problem.of(UnavailableTopicsException.notYet(topic)));
            }
        });
        return new HeldTopics(stages, publisher);
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

    /** Returns whether events for a topic, of which there are some, wait. */
    boolean isHeld(String topic) {
        boolean isHeld = topics.contains(topic);
        if (isHeld) {
            awaited.add(topic);
        }
        return isHeld;
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
