package dev.fullstate.outbox.relay.publish;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.Kafka.Keeping;
import dev.fullstate.outbox.relay.kafka.KafkaTopic;
import dev.fullstate.outbox.relay.kafka.UnavailableTopicsException;
import dev.fullstate.outbox.relay.publish.PublisherSettings.AddedPartitions;
import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;

/**
 * The topics of the events: sees to it that each exists before its first event is sent, and that a key stays in its partition.
 *
 * <p>The number of partitions by which keys are placed is that of a topic's first event, kept with the position, whatever the topic has by
 * now. Topics are looked at again every minute.
 */
final class Topics {

    private static final Logger log = LoggerFactory.getLogger(Topics.class);
    private static final long WATCH_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Kafka kafka;
    private final PublisherSettings settings;
    /** As earlier starts have kept them with the position; read before the first event is sent, and never changed by what is used. */
    private final Map<String, KafkaTopic> remembered = new HashMap<>();
    /** Topics that this producer has placed keys in, by name, with the number of partitions by which it places them. */
    private final Map<String, KafkaTopic> used = new HashMap<>();
    /** By topic, as it was when it was last looked at; also for that of the positions, and by the key of a record there. */
    private final Map<String, List<Warning>> warningsByTopic = new HashMap<>();
    /** Those of {@code warningsByTopic}. */
    private List<Warning> warnings = List.of();
    /** The topic of the positions, as it was when it was required; null before. */
    private @Nullable KafkaTopic positions;
    /** The question that Kafka has not answered or whose answer was not looked at; at most one. */
    private @Nullable CompletableFuture<Map<String, KafkaTopic>> asked;
    /** When an answer was last looked at, or the watch began; 0 before. */
    private long askedAt;
    /** True once the topic of dead letters was found or created. */
    private boolean deadLettersFound;
    /** True while {@code used} has something that no record about topics has yet. */
    private boolean changed;

    Topics(Kafka kafka, PublisherSettings settings) {
        this.kafka = kafka;
        this.settings = settings;
    }

    /**
     * Sees to it that the topic of the positions exists.
     *
     * @throws BrokerException if it is not fit for them, or Kafka does not answer
     */
    void requirePositionTopic(String name) {
        KafkaTopic topic = require(name, Keeping.LAST_OF_EACH_KEY, 1);
        TopicRules.requirePositionTopic(topic);
        positions = topic;
        warn(name, TopicRules.warningsOfPositionTopic(topic));
    }

    /** {@return whether the position topic is still the same one} */
    boolean isPositionTopicTheSame() {
        KafkaTopic before = positions;
        KafkaTopic now = before == null ? null : lookUp(before.name());
        return before != null && now != null && now.id().equals(before.id());
    }

    /** Takes note of what an earlier start has kept with the position. */
    void remember(Map<String, KafkaTopic> topics) {
        remembered.putAll(topics);
    }

    /** Takes note of the loss of what earlier starts have kept, although they have published. */
    void warnOfLostRecord(String positions, String key) {
        warn(key, List.of(TopicRules.lostRecord(positions, key)));
    }

    /** {@return the record for the next start, if it has changed since the last call; otherwise null} */
    @Nullable
    Map<String, KafkaTopic> changes() {
        if (!changed) {
            return null;
        }
        changed = false;
        Map<String, KafkaTopic> all = new HashMap<>(remembered);
        all.putAll(used);
        return all;
    }

    /** Returns the topics that events were sent to, by earlier starts too. */
    Set<String> names() {
        Set<String> names = new HashSet<>(remembered.keySet());
        names.addAll(used.keySet());
        return names;
    }

    List<Warning> warnings() {
        return warnings;
    }

    /**
     * Returns the partition of a key, by Kafka's own rule.
     *
     * @throws BrokerException if the topic does not exist and may not be created, or Kafka does not answer
     */
    int partition(String topic, byte[] key) {
        KafkaTopic known = used.get(topic);
        if (known == null) {
            known = take(remembered.get(topic), requireForEvents(topic));
        }
        return Utils.toPositive(Utils.murmur2(key)) % known.partitionCount();
    }

    private KafkaTopic requireForEvents(String topic) {
        try {
            return require(topic, Keeping.LAST_OF_EACH_KEY, settings.newTopics().partitionCount());
        } catch (BrokerException e) {
            throw e.at(topic);
        }
    }

    /** Asks whether a topic would take an event. */
    CompletableFuture<Boolean> takesEvents(String topic) {
        NewTopics creation = settings.newTopics();
        return creation.create()
                ? kafka.takesEventsOrMayBeCreated(topic, creation.partitionCount(), creation.replicationFactor())
                : kafka.takesEvents(topic);
    }

    private KafkaTopic take(@Nullable KafkaTopic before, KafkaTopic now) {
        boolean follow = settings.newTopics().addedPartitions() == AddedPartitions.USE;
        KafkaTopic placing = before == null || follow || !before.id().equals(now.id())
                ? now
                : now.withPartitionCount(Math.min(before.partitionCount(), now.partitionCount()));
        warn(now.name(), TopicRules.warnings(before, now, placing));
        used.put(now.name(), placing);
        changed |= before == null || !placing.hasKeysWhereThey(before);
        return placing;
    }

    private void warn(String topic, List<Warning> found) {
        warningsByTopic.put(topic, found);
        warnings = warningsByTopic.values().stream().flatMap(List::stream).toList();
    }

    /**
     * Looks at the topics now and then; what it asks for it takes note of in a later call.
     *
     * @throws BrokerException if a topic is gone, or that of the positions is not fit for them any more
     */
    void watch(long nanoTime) {
        CompletableFuture<Map<String, KafkaTopic>> answer = asked;
        if (answer != null) {
            if (answer.isDone()) {
                asked = null;
                askedAt = nanoTime;
                if (!answer.isCompletedExceptionally()) {
                    compare(answer.join());
                }
            }
        } else if (askedAt == 0) {
            askedAt = nanoTime;
        } else if (nanoTime - askedAt >= WATCH_NANOS && positions != null) {
            Set<String> names = new HashSet<>(used.keySet());
            names.add(positions.name());
            asked = kafka.topics(names);
        }
    }

    private void compare(Map<String, KafkaTopic> now) {
        KafkaTopic expected = positions;
        if (expected != null) {
            TopicRules.requirePositionTopic(TopicRules.requireSame(expected, now.get(expected.name())));
        }
        for (KafkaTopic before : List.copyOf(used.values())) {
            take(before, TopicRules.requireThere(before, now.get(before.name())));
        }
    }

    /**
     * Sees to it that the topic of dead letters exists.
     *
     * @throws BrokerException if it may not be created, or Kafka does not answer
     */
    void requireDeadLetterTopic(String name) {
        if (!deadLettersFound) {
            require(name, Keeping.ALL, settings.newTopics().partitionCount());
            deadLettersFound = true;
        }
    }

    private KafkaTopic require(String name, Keeping keeping, @Nullable Integer partitionCount) {
        KafkaTopic existing = lookUp(name);
        return existing != null ? existing : create(name, keeping, partitionCount);
    }

    private @Nullable KafkaTopic lookUp(String name) {
        return answer(kafka.topics(Set.of(name))).get(name);
    }

    /**
     * Waits for an answer.
     *
     * @throws BrokerException if there is none
     */
    static <T> T answer(CompletableFuture<T> asked) {
        try {
            return asked.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof BrokerException failure ? failure : e;
        }
    }

    private KafkaTopic create(String name, Keeping keeping, @Nullable Integer partitionCount) {
        NewTopics creation = settings.newTopics();
        if (!creation.create()) {
            throw UnavailableTopicsException.missing(name);
        }
        kafka.createTopic(name, keeping, partitionCount, creation.replicationFactor());
        log.info(
                "Topic '{}' created; it keeps {}",
                name,
                keeping == Keeping.ALL ? "all records" : "the last record of each key");
        // Not every broker knows it at once.
        long deadline = System.nanoTime() + settings.kafka().timeout().toNanos();
        KafkaTopic created = lookUp(name);
        while (created == null && System.nanoTime() - deadline < 0) {
            created = lookUp(name);
        }
        if (created == null) {
            throw TopicRules.gone(name);
        }
        return created;
    }
}
