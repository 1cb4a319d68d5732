package dev.fullstate.outbox.relay.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.Diagnosis.Level;
import dev.fullstate.outbox.relay.failure.KafkaFailure;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.KafkaInspection;
import dev.fullstate.outbox.relay.kafka.KafkaInspection.Shortage;
import dev.fullstate.outbox.relay.kafka.KafkaTopic;
import dev.fullstate.outbox.relay.kafka.UnavailableTopicsException;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;

/**
 * Looks at what a relay needs of Kafka, and goes on after the first thing that it lacks. Creates no topic, writes nothing and fences nobody off: it
 * asks Kafka what the user may do, and believes it.
 */
public final class KafkaDiagnosis {

    private static final String KAFKA = "Kafka";

    private final PublisherSettings settings;
    private final Kafka kafka;
    private final KafkaInspection inspection;
    private final List<Diagnosis> found;

    private KafkaDiagnosis(PublisherSettings settings, Kafka kafka, KafkaInspection inspection, List<Diagnosis> found) {
        this.settings = settings;
        this.kafka = kafka;
        this.inspection = inspection;
        this.found = found;
    }

    /** Returns what was found, in the order in which it is needed. Never throws because of Kafka. */
    public static List<Diagnosis> of(PublisherSettings settings, Kafka.Connector connector) {
        List<Diagnosis> found = new ArrayList<>();
        try (Kafka kafka = connector.connect(settings.kafka());
                KafkaInspection inspection = KafkaInspection.connect(settings.kafka())) {
            new KafkaDiagnosis(settings, kafka, inspection, found).run();
        } catch (BrokerException e) {
            found.add(Diagnosis.error(KAFKA, e));
        }
        return found;
    }

    /**
     * Looks at what belongs to one pipeline: its transactional id, and the topics of its events. Never throws because of Kafka.
     *
     * @param pipeline names the outbox for all time and in the whole Kafka cluster
     * @param chosen topics of events, by the settings
     * @param earlier topics to which events were published, perhaps by other settings
     */
    public static List<Diagnosis> of(
            PublisherSettings settings, Kafka kafka, String pipeline, Set<String> chosen, Set<String> earlier) {
        List<Diagnosis> found = new ArrayList<>();
        try (KafkaInspection inspection = KafkaInspection.connect(settings.kafka())) {
            KafkaDiagnosis diagnosis = new KafkaDiagnosis(settings, kafka, inspection, found);
            if (settings.delivery() == Delivery.EXACTLY_ONCE) {
                diagnosis.lookAtTransactions(Preparation.transactionalId(pipeline));
            }
            String subject = "topic of events";
            new TreeSet<>(chosen).forEach(topic -> diagnosis.look(subject, topic, Level.ERROR));
            Set<String> others = new TreeSet<>(earlier);
            others.removeAll(chosen);
            others.forEach(topic -> diagnosis.look(subject, topic, Level.WARNING));
        } catch (BrokerException e) {
            found.add(Diagnosis.error(KAFKA, e));
        }
        return found;
    }

    /** Kafka tells whether the user may describe the id, which comes with the right to write, and does not tell those two apart. */
    private void lookAtTransactions(String id) {
        String subject = "transactional id";
        try {
            Boolean may = Topics.answer(inspection.takesTransactions(id)).orElse(null);
            if (may == null) {
                found.add(Diagnosis.ok(subject, "these brokers do not tell whether '" + id + "' may be used"));
            } else if (may) {
                found.add(Diagnosis.ok(subject, "'" + id + "' may be used"));
            } else {
                found.add(new Diagnosis(
                        Level.ERROR,
                        subject,
                        "The relay's Kafka user may not use the transactional id '" + id + "'",
                        KafkaFailure.TRANSACTIONAL_ID_NOT_ALLOWED.remedy()));
            }
        } catch (BrokerException e) {
            found.add(Diagnosis.error(subject, e));
        }
    }

    /**
     * The last committed records of a pipeline.
     *
     * @param point null if there is no position, or no topic of the positions yet
     * @param topics to which events were published
     * @param isAnyDealtWith whether rows are parked, or were given up
     */
    public record Recorded(@Nullable ResumePoint point, Set<String> topics, boolean isAnyDealtWith) {

        static final Recorded NOTHING = new Recorded(null, Set.of(), false);

        public Recorded {
            topics = Set.copyOf(topics);
        }
    }

    /**
     * Reads the last committed records of a pipeline.
     *
     * @throws BrokerException if Kafka does not answer, or a record is not readable
     */
    public static Recorded recorded(PublisherSettings settings, Kafka kafka, String pipeline) {
        if (!isTherePositionTopic(settings, kafka)) {
            return Recorded.NOTHING;
        }
        try (KafkaInspection inspection = KafkaInspection.connect(settings.kafka())) {
            return PositionTopic.look(kafka, inspection, settings, pipeline);
        }
    }

    private static boolean isTherePositionTopic(PublisherSettings settings, Kafka kafka) {
        return !Topics.answer(kafka.topics(Set.of(settings.positionTopic()))).isEmpty();
    }

    private void run() {
        found.add(Diagnosis.ok(KAFKA, "the cluster answers"));
        warn("transactions", CommitGuard.of(kafka).warnings());
        look("topic of the positions", settings.positionTopic(), Level.ERROR);
        look("topic of dead letters", settings.deadLetterTopic(), Level.ERROR);
    }

    private void warn(String subject, List<Warning> warnings) {
        warnings.forEach(warning -> found.add(Diagnosis.warning(subject, warning.message(), warning.remedy())));
    }

    /** @param lack of a topic that takes no events */
    private void look(String subject, String name, Level lack) {
        try {
            KafkaTopic topic = Topics.answer(kafka.topics(Set.of(name))).get(name);
            if (topic == null) {
                requireCreation(name);
                found.add(Diagnosis.ok(subject, "topic '" + name + "' is created when it is needed"));
            } else {
                if (name.equals(settings.positionTopic())) {
                    TopicRules.requirePositionTopic(topic);
                    warn(subject, TopicRules.warningsOfPositionTopic(topic));
                }
                require(kafka.takesEvents(name), "The relay's Kafka user may not write to topic '" + name + "'");
                requireReplicas(name);
                found.add(Diagnosis.ok(subject, "topic '" + name + "' exists, and may be written"));
            }
        } catch (BrokerException e) {
            found.add(new Diagnosis(lack, subject, String.valueOf(e.getMessage()), e.remedy()));
        }
    }

    private void requireReplicas(String name) {
        Shortage shortage = Topics.answer(inspection.shortages(Set.of(name))).get(name);
        if (shortage != null) {
            throw new BrokerException(
                    "Topic '" + name + "' takes no events: partition " + shortage.partition() + " has "
                            + shortage.inSyncCount() + " of " + shortage.replicaCount()
                            + " replicas in sync, and min.insync.replicas is " + shortage.requiredCount(),
                    KafkaFailure.TOO_FEW_REPLICAS.remedy(),
                    null);
        }
    }

    private void requireCreation(String name) {
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
