package dev.fullstate.outbox.relay.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.KafkaFailure;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.KafkaTopic;
import dev.fullstate.outbox.relay.kafka.UnavailableTopicsException;
import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;

/**
 * Looks at what a relay needs of Kafka, and goes on after the first thing that it lacks. Creates no topic, writes nothing and fences nobody off: it
 * asks Kafka what the user may do, and believes it. So it cannot tell whether the user may use the transactional id.
 */
public final class KafkaDiagnosis {

    private static final String KAFKA = "Kafka";

    private final PublisherSettings settings;
    private final List<Diagnosis> found = new ArrayList<>();

    private KafkaDiagnosis(PublisherSettings settings) {
        this.settings = settings;
    }

    /** Returns what was found, in the order in which it is needed. Never throws because of Kafka. */
    public static List<Diagnosis> of(PublisherSettings settings, Kafka.Connector connector) {
        KafkaDiagnosis diagnosis = new KafkaDiagnosis(settings);
        try (Kafka kafka = connector.connect(settings.kafka())) {
            diagnosis.run(kafka);
        } catch (BrokerException e) {
            diagnosis.found.add(Diagnosis.error(KAFKA, e));
        }
        return diagnosis.found;
    }

    private void run(Kafka kafka) {
        found.add(Diagnosis.ok(KAFKA, "the cluster answers"));
        warn("transactions", CommitGuard.of(kafka).warnings());
        look(kafka, "topic of the positions", settings.positionTopic());
        look(kafka, "topic of dead letters", settings.deadLetterTopic());
    }

    private void warn(String subject, List<Warning> warnings) {
        warnings.forEach(warning -> found.add(Diagnosis.warning(subject, warning.message(), warning.remedy())));
    }

    private void look(Kafka kafka, String subject, String name) {
        try {
            KafkaTopic topic = Topics.answer(kafka.topics(Set.of(name))).get(name);
            if (topic == null) {
                requireCreation(kafka, name);
                found.add(Diagnosis.ok(subject, "topic '" + name + "' is created when it is needed"));
            } else {
                if (name.equals(settings.positionTopic())) {
                    TopicRules.requirePositionTopic(topic);
                    warn(subject, TopicRules.warningsOfPositionTopic(topic));
                }
                require(kafka.takesEvents(name), "The relay's Kafka user may not write to topic '" + name + "'");
                found.add(Diagnosis.ok(subject, "topic '" + name + "' exists, and may be written"));
            }
        } catch (BrokerException e) {
            found.add(Diagnosis.error(subject, e));
        }
    }

    private void requireCreation(Kafka kafka, String name) {
        NewTopics creation = settings.newTopics();
        if (!creation.create()) {
            throw UnavailableTopicsException.missing(name);
        }
        Integer partitionCount = name.equals(settings.positionTopic()) ? Integer.valueOf(1) : creation.partitionCount();
        require(
                kafka.takesEventsOrMayBeCreated(name, partitionCount, creation.replicationFactor()),
                "Topic '" + name + "' does not exist, and cannot be created as it would be");
    }

    private static void require(CompletableFuture<Boolean> right, String otherwise) {
        if (!Topics.answer(right)) {
            throw new BrokerException(otherwise, KafkaFailure.TOPIC_NOT_ALLOWED.remedy(), null);
        }
    }
}
