package dev.fullstate.outbox.relay.publish;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;

/** Sees to it that a topic exists before its first event is sent; an existing topic is left as it is. */
final class Topics {

    private static final Logger log = LoggerFactory.getLogger(Topics.class);

    private final Kafka kafka;
    private final NewTopics settings;
    private final Set<String> known = new HashSet<>();

    Topics(Kafka kafka, NewTopics settings) {
        this.kafka = kafka;
        this.settings = settings;
    }

    void ensure(String topic) {
        ensure(topic, settings.partitionCount(), Map.of());
    }

    /** For the positions, of which a topic that exists already may have more partitions. */
    void ensureSinglePartition(String topic, Map<String, String> configuration) {
        ensure(topic, 1, configuration);
    }

    private void ensure(String topic, @Nullable Integer partitionCount, Map<String, String> configuration) {
        if (known.contains(topic)) {
            return;
        }
        if (!kafka.hasTopic(topic)) {
            create(topic, partitionCount, configuration);
        }
        known.add(topic);
    }

    private void create(String topic, @Nullable Integer partitionCount, Map<String, String> configuration) {
        if (!settings.create()) {
            throw new PublishException(
                    "Topic '" + topic + "' does not exist", "Create it, or set outbox.relay.create-topics=true", null);
        }
        kafka.createTopic(topic, partitionCount, settings.replicationFactor(), configuration);
        log.info("Topic '{}' created, cleanup policy compact", topic);
    }
}
