package dev.fullstate.outbox.relay.publish;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.fullstate.outbox.relay.kafka.KafkaTopic;

/** The topics of earlier starts, as text: one topic a word, as in {@code outbox.event.order:6:kXOcEsWNTFaV_Tz42G5SyQ}. */
final class TopicsRecord {

    private TopicsRecord() {}

    static String format(Map<String, KafkaTopic> topics) {
        return new TreeMap<>(topics)
                .values().stream()
                        .map(topic -> topic.name() + ":" + topic.partitionCount() + ":" + topic.id())
                        .collect(Collectors.joining(" "));
    }

    /**
     * Reads what {@link #format} has written.
     *
     * @throws IllegalArgumentException if the text is something else: keys would move from one partition to another if a topic were passed over
     */
    static Map<String, KafkaTopic> parse(String text) {
        Map<String, KafkaTopic> topics = new HashMap<>();
        for (String word : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            String[] parts = word.split(":", -1);
            if (parts.length != 3 || !parts[1].matches("[1-9][0-9]{0,8}")) {
                throw new IllegalArgumentException(
                        "Not a topic: '" + word + "'; expected a name, a number of partitions and an id");
            }
            topics.put(parts[0], new KafkaTopic(parts[0], parts[2], Integer.parseInt(parts[1]), null));
        }
        return topics;
    }
}
