package dev.fullstate.outbox.test;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Selects the topics to read from those that exist.
 *
 * @param description for messages
 */
record Topics(Pattern names, String description) {

    private static final String TYPE = "{aggregatetype}";

    static Topics named(String topic) {
        return new Topics(Pattern.compile(Pattern.quote(topic)), "topic " + topic);
    }

    /**
     * Selects the topics that a relay writes to.
     *
     * @param template {@code outbox.relay.topic}
     * @param others   the values of {@code outbox.relay.topics}
     */
    static Topics ofTheRelay(String template, Collection<String> others) {
        String names = Stream.concat(
                        Stream.of(Stream.of(template.split(Pattern.quote(TYPE), -1))
                                .map(Pattern::quote)
                                .collect(Collectors.joining("[a-zA-Z0-9._-]+"))),
                        others.stream().map(Pattern::quote))
                .collect(Collectors.joining("|"));
        return new Topics(Pattern.compile(names), "the topics " + template);
    }

    List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, Duration timeout) {
        return consumer.listTopics(timeout).values().stream()
                .flatMap(List::stream)
                .filter(partition -> names.matcher(partition.topic()).matches())
                .map(Topics::partition)
                .toList();
    }

    private static TopicPartition partition(PartitionInfo partition) {
        return new TopicPartition(partition.topic(), partition.partition());
    }

    @Override
    public String toString() {
        return description;
    }
}
