package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Asks for several topics at once; no thread waits for the answer. */
final class TopicLookup {

    private TopicLookup() {}

    static CompletableFuture<Map<String, KafkaTopic>> of(Admin admin, Duration timeout, Set<String> names) {
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
                    return topics(descriptions, configurations);
                });
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static <T> CompletableFuture<T> answer(KafkaFuture<T> asked) {
        return asked.toCompletionStage().toCompletableFuture();
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

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static Map<String, KafkaTopic> topics(
            Map<String, CompletableFuture<@Nullable TopicDescription>> descriptions,
            Map<String, CompletableFuture<@Nullable Config>> configurations) {
        Map<String, KafkaTopic> found = new HashMap<>();
        descriptions.forEach((name, described) -> {
            CompletableFuture<@Nullable Config> configured = configurations.get(name);
            TopicDescription topic = described.join();
            Config configuration = configured == null ? null : configured.join();
            // Of a topic that is just made, or deleted, one answer may know and the other not.
            if (topic != null && configuration != null) {
                found.put(
                        name,
                        new KafkaTopic(
                                name,
                                topic.topicId().toString(),
                                topic.partitions().size(),
                                cleanupPolicy(configuration)));
            }
        });
        return found;
    }

    private static @Nullable String cleanupPolicy(Config configuration) {
        ConfigEntry entry = configuration.get(TopicConfig.CLEANUP_POLICY_CONFIG);
        return entry == null ? null : entry.value();
    }
}
