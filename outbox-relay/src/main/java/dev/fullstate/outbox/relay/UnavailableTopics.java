package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.kafka.UnavailableTopicsException;

/**
 * The topics that have refused events, for the attempts that follow: a refusal ends the connection. One refusal may be an accident; after the
 * second one within some minutes, events of such a topic wait until it takes them. Used by the loop alone.
 */
final class UnavailableTopics {

    /** Between a refusal and the first question whether the topic takes events now, and between two questions. */
    private static final Duration SHORTEST = Duration.ofSeconds(5);
    /** Kafka may tell that a topic takes events which refuses them; each attempt reads again what the others have published. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final LongSupplier nanoTime;
    private final Map<String, Refusing> topics = new HashMap<>();

    private static final class Refusing {

        private Problem problem;
        /** True while events wait; false after the first refusal, and once Kafka has said that the topic takes events. */
        private boolean holding;
        /** True once events that waited were let go. */
        private boolean letGo;
        /** Between two questions; grows while the topic refuses events after it was said to take them. */
        private Duration interval = SHORTEST;
        /** When its events began to wait, or the last question was asked, or its events were last let go; only rises. */
        private long since;

        private Refusing(Problem problem, long now) {
            this.problem = problem;
            this.since = now;
        }

        private boolean isAccident() {
            return !holding && !letGo;
        }
    }

    UnavailableTopics(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Takes note of a failure, and of what it means to people.
     *
     * @return whether the next attempt meets other circumstances because of it
     */
    boolean note(UnavailableTopicsException failure, Problem problem) {
        boolean isNews = false;
        for (String topic : failure.topics()) {
            isNews |= note(topic, problem);
        }
        return isNews;
    }

    private boolean note(String topic, Problem problem) {
        long now = nanoTime.getAsLong();
        Refusing known = topics.get(topic);
        if (known == null || (known.isAccident() && now - known.since > LONGEST.toNanos())) {
            topics.put(topic, new Refusing(problem, now));
            return true;
        }
        boolean isNews = !known.holding;
        if (known.letGo && isNews) {
            Duration doubled = known.interval.multipliedBy(2);
            known.interval = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        }
        hold(topic, problem);
        return isNews;
    }

    /** Has events of a topic wait. */
    void hold(String topic, Problem problem) {
        long now = nanoTime.getAsLong();
        Refusing known = topics.computeIfAbsent(topic, name -> new Refusing(problem, now));
        known.problem = problem;
        known.holding = true;
        known.since = now;
    }

    /** Forgets a topic whose events that waited are published. */
    void forget(String topic) {
        Refusing known = topics.get(topic);
        if (known != null && !known.holding) {
            topics.remove(topic);
        }
    }

    /** Returns the topics whose events wait. */
    Set<String> holding() {
        return topics.entrySet().stream()
                .filter(topic -> topic.getValue().holding)
                .map(Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns why events of a topic wait; null if they do not. */
    @Nullable
    Problem problem(String topic) {
        Refusing known = topics.get(topic);
        return known != null && known.holding ? known.problem : null;
    }

    /** Returns whether it is time to ask whether a topic takes events now; if it is, not again for a while. */
    boolean isQuestionDue(String topic) {
        Refusing known = topics.get(topic);
        long now = nanoTime.getAsLong();
        if (known == null || now - known.since < known.interval.toNanos()) {
            return false;
        }
        known.since = now;
        return true;
    }

    /** Lets the events of a topic go. */
    void letGo(String topic) {
        Refusing known = topics.get(topic);
        if (known != null) {
            known.holding = false;
            known.letGo = true;
            known.since = nanoTime.getAsLong();
        }
    }
}
