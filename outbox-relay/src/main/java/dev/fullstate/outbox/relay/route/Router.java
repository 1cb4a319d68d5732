package dev.fullstate.outbox.relay.route;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;

/**
 * Finds an event's topic by its aggregate type, and its key, which is the aggregate's id.
 *
 * <p>Used by one thread.
 */
public final class Router {

    /** Stands for the aggregate type in the template. */
    public static final String AGGREGATE_TYPE = "{aggregatetype}";

    // Kafka's own rule for topic names.
    private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

    private final String template;
    private final Map<String, String> topics;
    /** Of types that have a topic of their own. */
    private final Map<String, String> chosen;

    /**
     * @param template topic of a type that has none of its own
     * @param topics topics by aggregate type
     * @throws IllegalArgumentException if no topic name can come of the template or of one of the topics
     */
    public Router(String template, Map<String, String> topics) {
        this.template = template;
        this.topics = new HashMap<>(topics);
        this.chosen = Map.copyOf(topics);
        legal(template.replace(AGGREGATE_TYPE, "type"), "the template '" + template + "'");
        topics.forEach((type, topic) -> legal(topic, "aggregate type '" + type + "'"));
    }

    /** {@return whether a topic can have this name} */
    public static boolean isTopic(String name) {
        return TOPIC.matcher(name).matches();
    }

    /** {@return whether a template leads to legal names of topics} */
    public static boolean isTemplate(String template) {
        return isTopic(template.replace(AGGREGATE_TYPE, "type"));
    }

    /**
     * Says where an event goes.
     *
     * @throws UnpublishableRowException if the aggregate type is not legal, or no topic can have the name that comes of it
     */
    public RoutedEvent route(CommittedEvent event) {
        try {
            String topic = topic(new String(event.aggregateType(), StandardCharsets.UTF_8));
            return new RoutedEvent(topic, event.aggregateId(), event);
        } catch (IllegalArgumentException e) {
            throw UnpublishableRowException.of(event, OutboxTable.AGGREGATE_TYPE, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Returns the topic of an aggregate type.
     *
     * @throws IllegalArgumentException if the type is not legal, or no topic can have that name
     */
    public String topic(String aggregateType) {
        String known = topics.get(aggregateType);
        return known == null ? topics.computeIfAbsent(aggregateType, this::fromTemplate) : known;
    }

    /** Returns the topic of an aggregate type; empty if the type is not legal, or no topic can have that name. */
    public Optional<String> findTopic(String aggregateType) {
        try {
            return Optional.of(topic(aggregateType));
        } catch (IllegalArgumentException illegalName) {
            return Optional.empty();
        }
    }

    /** Returns the topics of the types that have one of their own. */
    public Set<String> chosenTopics() {
        return Set.copyOf(chosen.values());
    }

    /** Returns the aggregate type whose events are in a topic; empty if that cannot be told, or there may be several. */
    public Optional<String> aggregateType(String topic) {
        List<String> types = Stream.concat(
                        chosen.entrySet().stream()
                                .filter(each -> each.getValue().equals(topic))
                                .map(Map.Entry::getKey),
                        ofTemplate(topic))
                .toList();
        // A template without a place for the type is the topic of every type that has none of its own.
        return types.size() == 1 && !topic.equals(template) ? Optional.of(types.get(0)) : Optional.empty();
    }

    private Stream<String> ofTemplate(String topic) {
        int prefix = template.indexOf(AGGREGATE_TYPE);
        int suffix = template.length() - prefix - AGGREGATE_TYPE.length();
        if (prefix < 0 || topic.length() <= prefix + suffix) {
            return Stream.empty();
        }
        String type = topic.substring(prefix, topic.length() - suffix);
        return topic.equals(template.replace(AGGREGATE_TYPE, type)) && !chosen.containsKey(type)
                ? Stream.of(type)
                : Stream.empty();
    }

    private String fromTemplate(String type) {
        if (!OutboxTable.isAggregateType(type)) {
            throw new IllegalArgumentException("its aggregate type '" + type + "' is not 1 to "
                    + OutboxTable.MAX_AGGREGATE_TYPE_LENGTH
                    + " letters, digits, dots, underscores and hyphens, or is '.' or '..' alone");
        }
        return legal(template.replace(AGGREGATE_TYPE, type), "aggregate type '" + type + "'");
    }

    private static String legal(String topic, String origin) {
        if (!isTopic(topic)) {
            throw new IllegalArgumentException("'" + topic + "', the topic of " + origin
                    + ", is not a legal Kafka topic name: 1 to 249 letters, digits, dots, underscores and hyphens");
        }
        return topic;
    }
}
