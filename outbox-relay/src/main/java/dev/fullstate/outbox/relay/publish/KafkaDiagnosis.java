package dev.fullstate.outbox.relay.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;

import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.KafkaTopic;

/**
 * Looks at what a relay needs of Kafka, and goes on after the first thing that it lacks. Creates no topic and fences nobody off, so it cannot tell
 * whether the user may write.
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
        for (Warning warning : CommitGuard.of(kafka).warnings()) {
            found.add(Diagnosis.warning("transactions", warning.message(), warning.remedy()));
        }
        look(kafka, "topic of the positions", settings.positionTopic());
        look(kafka, "topic of dead letters", settings.deadLetterTopic());
    }

    private void look(Kafka kafka, String subject, String name) {
        try {
            KafkaTopic topic = lookUp(kafka, name).get(name);
            if (topic == null && !settings.newTopics().create()) {
                found.add(new Diagnosis(
                        Diagnosis.Level.ERROR,
                        subject,
                        "topic '" + name + "' does not exist",
                        "Create it, or set outbox.relay.create-topics=true"));
            } else if (topic == null) {
                found.add(Diagnosis.ok(subject, "topic '" + name + "' is created when it is needed"));
            } else {
                if (name.equals(settings.positionTopic())) {
                    TopicRules.requirePositionTopic(topic);
                }
                found.add(Diagnosis.ok(subject, "topic '" + name + "' exists"));
            }
        } catch (BrokerException e) {
            found.add(Diagnosis.error(subject, e));
        }
    }

    private static Map<String, KafkaTopic> lookUp(Kafka kafka, String name) {
        try {
            return kafka.topics(Set.of(name)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof BrokerException failure ? failure : e;
        }
    }
}
