package dev.fullstate.outbox.benchmarks.orders.arrival;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the topic on a thread of its own, from where it ends at the start, and notes arrived events in the current journal.
 *
 * <p>A plain consumer, the same in all applications; its processor time is part of each application's.
 */
public final class Arrivals implements AutoCloseable {

    private static final String REPUBLISH_ID = "ce_republishid";
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final CompletableFuture<Void> reading;

    /** The changes of each order that have arrived. Used by the reading thread only. */
    private final Map<Long, BitSet> seen = new HashMap<>();

    private volatile @Nullable Journal journal;
    private volatile Republished republished = new Republished(0, 0);

    /**
     * The arrived events of jobs that publish orders again.
     *
     * @param count    events so far
     * @param appended the broker's timestamp of the last one
     */
    public record Republished(long count, long appended) {}

    /** Returns when the consumer stands at the end of every partition: it reads all events that are appended from now on. */
    public Arrivals(String bootstrapServers, String topic) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        reading = CompletableFuture.runAsync(this::read, task -> new Thread(task, "arrivals").start());
    }

    /** Notes events in this journal from now on. */
    public void follow(Journal journal) {
        this.journal = journal;
    }

    /** {@return the arrived events that no journal notes} */
    public Republished republished() {
        return republished;
    }

    /**
     * Makes a failure of the reader the caller's.
     *
     * @throws IllegalStateException if the reader has failed
     */
    public void requireReading() {
        try {
            if (reading.isDone()) {
                reading.join();
            }
        } catch (CompletionException e) {
            throw new IllegalStateException("The reader of the topic has failed", e);
        }
    }

    private void read() {
        try (consumer) {
            while (true) {
                consumer.poll(POLL).forEach(this::arrived);
            }
        } catch (WakeupException e) {
            // Only close() causes this.
            return;
        }
    }

    private void arrived(ConsumerRecord<byte[], byte[]> event) {
        if (event.headers().lastHeader(REPUBLISH_ID) != null) {
            // An event of a change that has arrived before, or of no change.
            republished = new Republished(republished.count() + 1, event.timestamp());
            return;
        }
        Journal told = journal;
        if (told == null) {
            return;
        }
        long order = Long.parseLong(new String(event.key(), StandardCharsets.US_ASCII));
        Change change = new Change(order, EventValue.changeNumber(event.value()));
        BitSet numbers = seen.computeIfAbsent(order, id -> new BitSet());
        if (numbers.get(change.number())) {
            told.repeated();
            return;
        }
        boolean late = numbers.length() > change.number();
        numbers.set(change.number());
        told.arrived(change, event.timestamp(), late);
    }

    @Override
    public void close() {
        consumer.wakeup();
        reading.join();
    }
}
