package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.kafka.UnavailableTopicsException;

import static org.assertj.core.api.Assertions.assertThat;

class UnavailableTopicsTest {

    private static final String TOPIC = "orders";

    private final AtomicLong nanos = new AtomicLong();
    private final UnavailableTopics topics = new UnavailableTopics(nanos::get);

    private void refuse() {
        UnavailableTopicsException refusal = UnavailableTopicsException.missing(TOPIC);
        topics.note(refusal, Problem.of(refusal));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** Returns how long it takes from now until the next question. */
    private Duration untilQuestion() {
        long before = nanos.get();
        while (!topics.isQuestionDue(TOPIC)) {
            pass(Duration.ofSeconds(1));
        }
        return Duration.ofNanos(nanos.get() - before);
    }

    @Test
    void oneRefusalMayBeAnAccidentAndASecondOneHoldsTheTopic() {
        refuse();
        assertThat(topics.holding()).isEmpty();
        assertThat(topics.problem(TOPIC)).isNull();
        refuse();
        assertThat(topics.holding()).containsExactly(TOPIC);
        assertThat(topics.problem(TOPIC)).isEqualTo(Problem.of(UnavailableTopicsException.missing(TOPIC)));
    }

    @Test
    void questionsComeEveryFiveSeconds() {
        refuse();
        refuse();
        assertThat(untilQuestion()).hasSeconds(5);
        assertThat(untilQuestion()).hasSeconds(5);
    }

    /** Kafka may not know what it refuses, and each attempt costs the others a moment. */
    @Test
    void topicThatRefusesAfterItWasSaidToTakeEventsIsHeldAtOnceAndAskedForLessOften() {
        refuse();
        refuse();
        for (int seconds : new int[] {5, 10, 20, 40, 80, 160, 300, 300}) {
            assertThat(untilQuestion()).hasSeconds(seconds);
            topics.letGo(TOPIC);
            assertThat(topics.holding()).isEmpty();
            refuse();
            assertThat(topics.holding()).containsExactly(TOPIC);
        }
        untilQuestion();
        topics.letGo(TOPIC);
        topics.forget(TOPIC);
        refuse();
        refuse();
        assertThat(untilQuestion()).hasSeconds(5);
    }

    @Test
    void accidentIsForgotten() {
        refuse();
        pass(Duration.ofMinutes(6));
        refuse();
        assertThat(topics.holding()).isEmpty();
    }

    @Test
    void onlyWhatChangesTheNextAttemptIsNews() {
        UnavailableTopicsException refusal = UnavailableTopicsException.missing(TOPIC);
        Problem problem = Problem.of(refusal);
        assertThat(topics.note(refusal, problem)).isTrue();
        assertThat(topics.note(refusal, problem)).isTrue();
        assertThat(topics.note(refusal, problem)).isFalse();
    }
}
