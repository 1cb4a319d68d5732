package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.KafkaFailure;
import dev.fullstate.outbox.relay.kafka.KafkaInspection.Shortage;

/** Asks for topics; no thread waits for the answer. */
final class TopicLookup {

    private TopicLookup() {}

    /** What Kafka says of a topic that exists, and of its configuration, which is empty where it may not be read. */
    private record Answer(TopicDescription topic, Config configuration) {

        @Nullable
        String value(String name) {
            ConfigEntry entry = configuration.get(name);
            return entry == null ? null : entry.value();
        }
    }

    static CompletableFuture<Map<String, KafkaTopic>> of(Admin admin, Duration timeout, Set<String> names) {
        return ask(admin, timeout, names, TopicLookup::topic);
    }

    static CompletableFuture<Map<String, Shortage>> shortages(Admin admin, Duration timeout, Set<String> names) {
        return ask(admin, timeout, names, TopicLookup::shortage);
    }

    /** @param result null for a topic that is left out */
    private static <T> CompletableFuture<Map<String, T>> ask(
            Admin admin, Duration timeout, Set<String> names, Function<Answer, @Nullable T> result) {
        Map<String, CompletableFuture<@Nullable TopicDescription>> descriptions = new HashMap<>();
        admin.describeTopics(names)
                .topicNameValues()
                .forEach((name, described) -> descriptions.put(name, orNull(answer(described))));
        Map<String, CompletableFuture<@Nullable Config>> configurations = new HashMap<>();
        admin.describeConfigs(names.stream().map(TopicLookup::resource).toList())
                .values()
                .forEach((topic, described) -> configurations.put(topic.name(), orNull(orEmpty(answer(described)))));
        CompletableFuture<?>[] all = new CompletableFuture<?>[2 * names.size()];
        int count = 0;
        for (String name : names) {
            all[count++] = descriptions.get(name);
            all[count++] = configurations.get(name);
        }
        return CompletableFuture.allOf(all)
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .handle((done, failure) -> {
                    if (failure != null) {
                        throw BrokerException.of("Topics " + names + " could not be looked up", cause(failure));
                    }
                    return results(descriptions, configurations, result);
                });
    }

    /** @param creation null if a topic that does not exist takes no events */
    static CompletableFuture<Boolean> takesEvents(
            Admin admin, Duration timeout, String topic, @Nullable NewTopic creation) {
        return orNull(answer(admin.describeTopics(
                                        List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                                .allTopicNames())
                        .thenApply(described -> described.get(topic)))
                .thenCompose(found -> found == null
                        ? mayBeCreated(admin, creation)
                        : CompletableFuture.completedFuture(isWritable(found)))
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> {
                    KafkaFailure known = KafkaFailure.of(cause(failure));
                    if (known.isOfATopic() || known == KafkaFailure.NOT_SUPPORTED) {
                        // Brokers before 2.3 do not know the question; only an attempt shows what they think.
                        return !known.isOfATopic();
                    }
                    throw BrokerException.of("Topic '" + topic + "' could not be looked up", cause(failure));
                });
    }

    /** A broker may not tell which operations are allowed; whoever sees a topic may describe it, at least. */
    private static boolean isWritable(TopicDescription topic) {
        Set<AclOperation> allowed = topic.authorizedOperations();
        return allowed == null || allowed.isEmpty() || allowed.contains(AclOperation.WRITE);
    }

    /** Has Kafka check the creation of a topic, and create nothing. */
    private static CompletableFuture<Boolean> mayBeCreated(Admin admin, @Nullable NewTopic creation) {
        return creation == null
                ? CompletableFuture.completedFuture(false)
                : answer(admin.createTopics(List.of(creation), new CreateTopicsOptions().validateOnly(true))
                                .all())
                        .thenApply(done -> true);
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    /** Returns a future of Java's own: Kafka's refuses to be completed by anyone else, such as a time-out. */
    static <T> CompletableFuture<T> answer(KafkaFuture<T> asked) {
        return CompletableFuture.<@Nullable Void>completedFuture(null)
                .thenCompose(nothing -> asked.toCompletionStage());
    }

    /** Completes with null if the topic does not exist. */
    private static <T> CompletableFuture<@Nullable T> orNull(CompletableFuture<T> asked) {
        return asked.handle((answer, failure) -> {
            if (failure == null) {
                return answer;
            }
            if (cause(failure) instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw new CompletionException(cause(failure));
        });
    }

    /** Completes with a configuration that has nothing where it may not be read. */
    private static CompletableFuture<Config> orEmpty(CompletableFuture<Config> asked) {
        return asked.exceptionally(failure -> {
            if (cause(failure) instanceof AuthorizationException) {
                return new Config(List.of());
            }
            throw new CompletionException(cause(failure));
        });
    }

    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static <T> Map<String, T> results(
            Map<String, CompletableFuture<@Nullable TopicDescription>> descriptions,
            Map<String, CompletableFuture<@Nullable Config>> configurations,
            Function<Answer, @Nullable T> result) {
        Map<String, T> found = new HashMap<>();
        descriptions.forEach((name, described) -> {
            CompletableFuture<@Nullable Config> configured = configurations.get(name);
            TopicDescription topic = described.join();
            Config configuration = configured == null ? null : configured.join();
            // Of a topic that is just made, or deleted, one answer may know and the other not.
            T value = topic == null || configuration == null ? null : result.apply(new Answer(topic, configuration));
            if (value != null) {
                found.put(name, value);
            }
        });
        return found;
    }

    private static KafkaTopic topic(Answer answer) {
        TopicDescription topic = answer.topic();
        return new KafkaTopic(
                topic.name(),
                topic.topicId().toString(),
                topic.partitions().size(),
                answer.value(TopicConfig.CLEANUP_POLICY_CONFIG));
    }

    private static @Nullable Shortage shortage(Answer answer) {
        String required = answer.value(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        return required == null ? null : shortage(answer.topic().partitions(), Integer.parseInt(required));
    }

    /** Finds the first partition that takes no records. One that has fewer replicas than the topic requires needs all of them in sync. */
    static @Nullable Shortage shortage(List<TopicPartitionInfo> partitions, int required) {
        return partitions.stream()
                .map(each -> new Shortage(
                        each.partition(), each.isr().size(), each.replicas().size(), required))
                .filter(each -> each.inSyncCount() < Math.min(required, each.replicaCount()))
                .findFirst()
                .orElse(null);
    }
}
