package dev.fullstate.outbox.relay.kafka;

import java.util.Set;

import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.KafkaFailure;

/** Some topics take no events: they do not exist, or the relay's user may not write there. The others may. */
public final class UnavailableTopicsException extends BrokerException {

    private final Set<String> topics;

    UnavailableTopicsException(Set<String> topics, KafkaFailure failure, String message, @Nullable Throwable cause) {
        super(failure, message, cause);
        this.topics = Set.copyOf(topics);
    }

    private UnavailableTopicsException(String topic, String message, String remedy) {
        super(message, remedy, null);
        this.topics = Set.of(topic);
    }

    /** Says that a topic does not exist that the relay may not create. */
    public static UnavailableTopicsException missing(String topic) {
        return new UnavailableTopicsException(
                topic, "Topic '" + topic + "' does not exist", "Create it, or set outbox.relay.create-topics=true");
    }

    /** Says that a topic takes no events according to Kafka, which does not say why. */
    public static UnavailableTopicsException notYet(String topic) {
        return new UnavailableTopicsException(
                topic,
                "Topic '" + topic + "' does not exist, or the relay's Kafka user may not write there",
                KafkaFailure.TOPIC_NOT_ALLOWED.remedy());
    }

    /** Returns the topics that Kafka names as those that the user may not use, in an exception or one of its causes. */
    public static Set<String> denied(Throwable reported) {
        for (Throwable cause = reported; cause != null; cause = cause.getCause()) {
            if (cause instanceof TopicAuthorizationException denied) {
                return denied.unauthorizedTopics();
            }
        }
        return Set.of();
    }

    /** Returns the topics, of which some may be none of events. */
    public Set<String> topics() {
        return topics;
    }
}
