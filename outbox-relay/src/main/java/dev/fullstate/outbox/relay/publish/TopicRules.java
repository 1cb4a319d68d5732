package dev.fullstate.outbox.relay.publish;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.KafkaTopic;

/** The rules for topics, and the warnings and errors for those that break them. */
final class TopicRules {

    private static final String CLI =
            "kafka-configs.sh --bootstrap-server ... --alter --entity-type topics --entity-name ";

    private TopicRules() {}

    /**
     * @throws BrokerException if positions would get lost in the topic, or could not be found
     */
    static void requirePositionTopic(KafkaTopic topic) {
        if (topic.partitionCount() != 1) {
            throw new BrokerException(
                    "Topic '" + topic.name() + "' has " + topic.partitionCount()
                            + " partitions; that of the positions has exactly one",
                    "Set outbox.relay.exactly-once.position-topic to the name of another topic; the relay creates it",
                    null);
        }
        String policy = topic.cleanupPolicy();
        if (policy != null && !policy.equals("compact")) {
            throw new BrokerException(
                    "Topic '" + topic.name() + "' has cleanup.policy=" + policy
                            + ": Kafka would remove positions from it that are needed",
                    CLI + topic.name() + " --add-config cleanup.policy=compact",
                    null);
        }
    }

    static List<Warning> warningsOfPositionTopic(KafkaTopic topic) {
        return topic.cleanupPolicy() == null
                ? List.of(new Warning(
                        "The relay cannot check that topic '" + topic.name()
                                + "' has cleanup.policy=compact: the relay's Kafka user may not read its configuration",
                        "Grant DescribeConfigs on the topic to the relay's Kafka user"))
                : List.of();
    }

    static Warning lostRecord(String topic, String key) {
        return new Warning(
                "Topic '" + topic + "' has a position, and has lost the record " + key
                        + ": the relay places keys by the partitions that each topic has now. Where partitions were added, keys move",
                "None, where no partitions were added, or where consumers compare ce_sequence");
    }

    /**
     * @param before as an event of ours was last sent there; null if none was
     * @param placing by which keys are placed
     */
    static List<Warning> warnings(@Nullable KafkaTopic before, KafkaTopic now, KafkaTopic placing) {
        List<Warning> warnings = new ArrayList<>();
        String topic = "Topic '" + now.name() + "' ";
        if (before != null && !before.id().equals(now.id())) {
            warnings.add(new Warning(
                    topic + "was deleted and created again, now with " + now.partitionCount() + " partitions (before: "
                            + before.partitionCount() + "); events that were published before are not in it",
                    "Republish the aggregate types whose events it has"));
        } else if (now.partitionCount() > placing.partitionCount()) {
            warnings.add(new Warning(
                    topic + "has " + now.partitionCount() + " partitions, of which the first "
                            + placing.partitionCount()
                            + " are used, as before: with the others, keys would move, and consumers could see an"
                            + " older event of a key after a newer one",
                    "To use all, wait until consumers have read the topic to its end, then start with"
                            + " outbox.relay.added-partitions=use"));
        } else if (before != null && now.partitionCount() > before.partitionCount()) {
            warnings.add(new Warning(
                    topic + "has " + now.partitionCount() + " partitions, before " + before.partitionCount()
                            + ": keys have moved, because outbox.relay.added-partitions=use",
                    "None, where consumers compare ce_sequence"));
        }
        String policy = now.cleanupPolicy();
        if (policy != null && !policy.contains("compact")) {
            warnings.add(new Warning(
                    topic + "has cleanup.policy=" + policy
                            + ": the broker removes events by their age, and a consumer that reads it from the beginning misses aggregates"
                            + " that have not changed since",
                    CLI + now.name() + " --add-config cleanup.policy=compact"));
        }
        return warnings;
    }

    /**
     * @throws BrokerException if the topic is gone, or is another one
     */
    static KafkaTopic requireSame(KafkaTopic before, @Nullable KafkaTopic now) {
        KafkaTopic there = requireThere(before, now);
        if (!there.id().equals(before.id())) {
            throw new BrokerException(
                    FailureKind.RETRY,
                    "Topic '" + before.name() + "' was deleted and created again: the position is lost",
                    "None: the relay connects again, and looks at what it has to begin with");
        }
        return there;
    }

    /**
     * @throws BrokerException if the topic is gone
     */
    static KafkaTopic requireThere(KafkaTopic before, @Nullable KafkaTopic now) {
        if (now == null) {
            throw gone(before.name());
        }
        return now;
    }

    static BrokerException gone(String topic) {
        return new BrokerException(
                FailureKind.RETRY,
                "Topic '" + topic + "' is gone, or not there yet",
                "None where the relay creates topics; otherwise create it");
    }
}
