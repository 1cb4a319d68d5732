package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/** Kafka, through its own clients. */
final class KafkaClients implements Kafka {

    private final KafkaSettings settings;
    private final Admin admin;
    private final KafkaAnswer answer;

    private KafkaClients(KafkaSettings settings, Admin admin) {
        this.settings = settings;
        this.admin = admin;
        this.answer = new KafkaAnswer(settings.timeout());
    }

    static KafkaClients connect(KafkaSettings settings) {
        Map<String, Object> properties = ClientProperties.admin(settings);
        KafkaClients clients = new KafkaClients(settings, admin(properties));
        try {
            String user = ClientProperties.user(properties);
            clients.answer.of(
                    clients.admin.describeCluster().clusterId(),
                    user == null ? "Kafka did not answer" : "Kafka did not answer user '" + user + "'");
            return clients;
        } catch (RuntimeException e) {
            clients.close();
            throw e;
        }
    }

    static Admin admin(Map<String, Object> properties) {
        try {
            return Admin.create(properties);
        } catch (KafkaException e) {
            throw BrokerException.of("No client for Kafka could be made", e);
        }
    }

    @Override
    public Producer<byte[], byte @Nullable []> producer(@Nullable String transactionalId) {
        Map<String, Object> properties = transactionalId == null
                ? ClientProperties.producer(settings)
                : ClientProperties.transactionalProducer(settings, transactionalId);
        NativeLz4.loadFor(properties);
        return new KafkaProducer<>(properties);
    }

    @Override
    public CompletableFuture<Map<String, KafkaTopic>> topics(Set<String> names) {
        return TopicLookup.of(admin, settings.timeout(), names);
    }

    @Override
    public CompletableFuture<Boolean> takesEvents(String topic) {
        return TopicLookup.takesEvents(admin, settings.timeout(), topic, null);
    }

    @Override
    public CompletableFuture<Boolean> takesEventsOrMayBeCreated(
            String topic, @Nullable Integer partitionCount, @Nullable Short replicationFactor) {
        return TopicLookup.takesEvents(
                admin,
                settings.timeout(),
                topic,
                newTopic(topic, Keeping.LAST_OF_EACH_KEY, partitionCount, replicationFactor));
    }

    private static NewTopic newTopic(
            String topic, Keeping keeping, @Nullable Integer partitionCount, @Nullable Short replicationFactor) {
        return new NewTopic(topic, Optional.ofNullable(partitionCount), Optional.ofNullable(replicationFactor))
                .configs(
                        switch (keeping) {
                            case LAST_OF_EACH_KEY ->
                                Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
                            case ALL ->
                                Map.of(
                                        TopicConfig.CLEANUP_POLICY_CONFIG,
                                        TopicConfig.CLEANUP_POLICY_DELETE,
                                        TopicConfig.RETENTION_MS_CONFIG,
                                        "-1");
                        });
    }

    @Override
    public short transactionVersion() {
        FinalizedVersionRange range = answer.of(
                        admin.describeFeatures().featureMetadata(),
                        "The cluster's feature transaction.version could not be looked up")
                .finalizedFeatures()
                .get("transaction.version");
        return range == null ? 0 : range.maxVersionLevel();
    }

    @Override
    public boolean areMarkersWritten(String transactionalId, Duration timeout) {
        return new KafkaAnswer(timeout)
                        .of(
                                admin.describeTransactions(List.of(transactionalId))
                                        .description(transactionalId),
                                "Transactional id '" + transactionalId + "' could not be looked up")
                        .state()
                != TransactionState.PREPARE_COMMIT;
    }

    @Override
    public void createTopic(
            String topic, Keeping keeping, @Nullable Integer partitionCount, @Nullable Short replicationFactor) {
        NewTopic newTopic = newTopic(topic, keeping, partitionCount, replicationFactor);
        answer.unless(
                TopicExistsException.class,
                admin.createTopics(List.of(newTopic)).all(),
                "Topic '" + topic + "' could not be created");
    }

    @Override
    public LastValues follow(String topic, Set<String> keys, Set<String> others) {
        return FollowedKeys.follow(settings, topic, keys, others, () -> end(new TopicPartition(topic, 0)));
    }

    private long end(TopicPartition partition) {
        // As a consumer sees it that reads what is not committed, too.
        return answer.of(
                        admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                                .partitionResult(partition),
                        "The end of topic '" + partition.topic() + "' could not be looked up")
                .offset();
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
        LogContext context = LogContext.current();
        return CompletableFuture.supplyAsync(
                () -> {
                    context.apply();
                    try (CommittedRecords records = new CommittedRecords(settings)) {
                        return records.ends(topics);
                    }
                },
                this::start);
    }

    @Override
    public Search search(Set<String> topics, Instant since) {
        return TopicSearch.begin(settings, topics, since);
    }

    private void start(Runnable reading) {
        Thread thread = new Thread(reading, settings.clientId() + "-ends");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
