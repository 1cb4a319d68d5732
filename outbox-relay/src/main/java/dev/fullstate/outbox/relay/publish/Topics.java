package dev.fullstate.outbox.relay.publish;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;

/** Sees to it that a topic exists before its first event is sent; an existing topic is left as it is. */
final class Topics {

    private static final Logger log = LoggerFactory.getLogger(Topics.class);

    private final Admin admin;
    private final KafkaAnswer answer;
    private final NewTopics settings;
    private final Set<String> known = new HashSet<>();

    Topics(Admin admin, KafkaAnswer answer, NewTopics settings) {
        this.admin = admin;
        this.answer = answer;
        this.settings = settings;
    }

    void ensure(String topic) {
        if (known.contains(topic)) {
            return;
        }
        if (!exists(topic)) {
            create(topic, settings.partitionCount());
        }
        known.add(topic);
    }

    /** For the positions, of which a topic that exists already may have more partitions. */
    void ensureSinglePartition(String topic) {
        if (!exists(topic)) {
            create(topic, 1);
        }
    }

    boolean exists(String topic) {
        return answer.unless(
                UnknownTopicOrPartitionException.class,
                admin.describeTopics(List.of(topic)).allTopicNames(),
                "Topic '" + topic + "' could not be looked up");
    }

    private void create(String topic, @Nullable Integer partitionCount) {
        if (!settings.create()) {
            throw new PublishException(
                    "Topic '" + topic + "' does not exist", "Create it, or set outbox.relay.create-topics=true", null);
        }
        NewTopic newTopic = new NewTopic(
                        topic, Optional.ofNullable(partitionCount), Optional.ofNullable(settings.replicationFactor()))
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
        boolean created = answer.unless(
                TopicExistsException.class,
                admin.createTopics(List.of(newTopic)).all(),
                "Topic '" + topic + "' could not be created");
        if (created) {
            log.info("Topic '{}' created, cleanup policy compact", topic);
        }
    }
}
