package dev.fullstate.outbox.benchmarks.arrival;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import dev.fullstate.outbox.benchmarks.load.Clock;
import dev.fullstate.outbox.benchmarks.load.EventNumber;

/**
 * A consumer with isolation {@code read_committed} that reads along, and notes for each event when the broker appended it and when it
 * arrived here; the first time counts.
 */
public final class ArrivalTimes implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private final long[] appendedMillis;
    private final long[] consumedMicros;
    private final AtomicInteger count = new AtomicInteger();

    /** @param capacity one more than the highest number that can arrive */
    public ArrivalTimes(String bootstrapServers, List<TopicPartition> partitions, int capacity) {
        this.appendedMillis = new long[capacity];
        this.consumedMicros = new long[capacity];
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed");
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        this.thread = new Thread(this::read, "arrival-times");
        thread.start();
    }

    private void read() {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    note(record);
                }
            }
        } catch (WakeupException e) {
            // Closed.
        }
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        int number = EventNumber.of(record.value());
        if (consumedMicros[number] == 0) {
            consumedMicros[number] = Clock.micros();
            appendedMillis[number] = record.timestamp();
            count.incrementAndGet();
        }
    }

    /** {@return how many different events have arrived; their times may be read afterwards} */
    public int count() {
        return count.get();
    }

    /** {@return milliseconds since the epoch; 0 if the event has not arrived} */
    public long appendedMillis(int number) {
        return appendedMillis[number];
    }

    /** {@return microseconds since the epoch; 0 if the event has not arrived} */
    public long consumedMicros(int number) {
        return consumedMicros[number];
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
