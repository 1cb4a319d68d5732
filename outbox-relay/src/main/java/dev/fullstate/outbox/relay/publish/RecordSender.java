package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.LogContext;
import dev.fullstate.outbox.relay.kafka.Search;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;

/** One producer, the topics that it sends to, and the first failure, after which it sends nothing more. */
final class RecordSender implements AutoCloseable {

    private final Kafka kafka;
    private final Producer<byte[], byte @Nullable []> producer;
    private final Topics topics;
    private final int maxRequestBytes;
    private final LogContext context = LogContext.current();
    /** Of the cluster as it was looked at; before, and at least once, the one that does nothing. */
    private CommitGuard commits = CommitGuard.notNeeded();
    /** Answers of Kafka, whatever they were; only rises. */
    private final AtomicLong answeredCount = new AtomicLong();
    /** The first failure; once it is set the producer is closed, and nothing is sent. */
    private final AtomicReference<@Nullable BrokerException> failure = new AtomicReference<>();
    /** True once the producer's thread, to which this field belongs, has the log context of the loop. */
    private boolean inContext;

    /** Describes what was to be sent, as the object of a sentence; asked for only when that has failed. */
    interface Description {

        String text();
    }

    RecordSender(Kafka kafka, PublisherSettings settings, @Nullable String transactionalId) {
        this.kafka = kafka;
        this.producer = kafka.producer(transactionalId);
        this.topics = new Topics(kafka, settings);
        this.maxRequestBytes = settings.kafka().maxRequestBytes();
    }

    Producer<byte[], byte @Nullable []> producer() {
        return producer;
    }

    /** Lets the producer connect to the brokers, before there is a hurry. */
    void connect(String topic) {
        try {
            producer.partitionsFor(topic);
        } catch (KafkaException e) {
            throw BrokerException.of("The producer could not look topic '" + topic + "' up", e);
        }
    }

    /** Finds out what the cluster can do. */
    void lookAtFeatures() {
        commits = CommitGuard.of(kafka);
    }

    CommitGuard commits() {
        return commits;
    }

    List<Warning> warnings() {
        List<Warning> warnings = new ArrayList<>(commits.warnings());
        warnings.addAll(topics.warnings());
        return warnings;
    }

    Topics topics() {
        return topics;
    }

    /**
     * Makes a record of an event.
     *
     * @throws UnpublishableRowException if a value has no form in a record, or the record is too large: in a transaction, its refusal
     *     would be that of all others
     */
    Sendable sendable(RoutedEvent routed) {
        int partition = topics.partition(routed.topic(), routed.key());
        ProducerRecord<byte[], byte @Nullable []> record = EventRecord.of(routed, partition);
        int size = EventRecord.sizeInBytes(record);
        if (size > maxRequestBytes) {
            throw UnpublishableRowException.of(
                    routed.event(),
                    OutboxTable.PAYLOAD,
                    "it is too large for topic '" + routed.topic() + "': " + size + " bytes, max.request.size is "
                            + maxRequestBytes
                            + " (spring.kafka.producer.properties.max.request.size; the topic's limit is its"
                            + " max.message.bytes)",
                    null);
        }
        return new Sendable(record, size, routed);
    }

    /** @param acknowledged called on a thread of the producer once Kafka has the record */
    void send(Sendable sendable, Runnable acknowledged) {
        send(sendable.record(), () -> sendable.routed().event().toString(), acknowledged);
    }

    void beginTransaction() {
        orCause(producer::beginTransaction);
    }

    void send(ProducerRecord<byte[], byte @Nullable []> record, Description what, Runnable acknowledged) {
        orCause(() -> sendUnlessClosed(record, what, acknowledged));
    }

    /** Throws the failure because of which the producer was closed a moment ago, instead of telling that it is closed. */
    private void orCause(Runnable call) {
        try {
            call.run();
        } catch (KafkaException | IllegalStateException refused) {
            requireNoFailure();
            throw refused;
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback is told the same, without being asked.
    private void sendUnlessClosed(
            ProducerRecord<byte[], byte @Nullable []> record, Description what, Runnable acknowledged) {
        producer.send(record, (metadata, exception) -> {
            if (!inContext) {
                context.apply();
                inContext = true;
            }
            answeredCount.incrementAndGet();
            if (exception == null) {
                acknowledged.run();
            } else {
                failed(record, what, exception);
            }
        });
    }

    private void failed(ProducerRecord<byte[], byte @Nullable []> record, Description what, Exception exception) {
        BrokerException rejected =
                BrokerException.of("Topic '" + record.topic() + "' rejected " + what.text(), exception);
        if (failure.compareAndSet(null, rejected)) {
            // Queued events must not overtake it; events on the wire cannot be called back.
            producer.close(Duration.ZERO);
        }
    }

    CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
        return kafka.ends(topics);
    }

    Search search(Set<String> searched, Instant since) {
        return kafka.search(searched, since);
    }

    void countAnswer() {
        answeredCount.incrementAndGet();
    }

    long answeredCount() {
        return answeredCount.get();
    }

    void requireNoFailure() {
        BrokerException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    /** Waits that long for the end of a transaction that is given up. */
    void close(Duration patience) {
        producer.close(patience);
        kafka.close();
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /** A record that Kafka can take. */
    record Sendable(ProducerRecord<byte[], byte @Nullable []> record, int size, RoutedEvent routed) {

        TopicPartition partition() {
            return new TopicPartition(record.topic(), record.partition());
        }
    }
}
