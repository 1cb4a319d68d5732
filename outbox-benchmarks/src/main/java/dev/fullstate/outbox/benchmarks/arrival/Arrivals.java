package dev.fullstate.outbox.benchmarks.arrival;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import dev.fullstate.outbox.benchmarks.load.EventNumber;

/**
 * Reads a topic once after a contender has ended: which events of a backlog arrived, when the broker appended them, and whether they are in
 * order.
 *
 * <p>An event counts as repeated if its number arrived before, and as out of order if its key has had a later one; a repetition is not
 * counted as out of order as well.
 */
public final class Arrivals {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final long[] appendedMillis;
    private final Map<String, Integer> lastOfKey = new HashMap<>();
    private int distinctCount;
    private int repeatedCount;
    private int outOfOrderCount;

    private Arrivals(int events) {
        this.appendedMillis = new long[events];
    }

    /**
     * Reads all records that are in the partitions now.
     *
     * @param events how many different events there can be
     */
    public static Arrivals read(String bootstrapServers, List<TopicPartition> partitions, int events) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                5_000,
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                50 * 1024 * 1024,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                8 * 1024 * 1024);
        Arrivals arrivals = new Arrivals(events);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!ends.isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    arrivals.add(record);
                    deadline = System.nanoTime() + PATIENCE.toNanos();
                }
                ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "No record came for " + PATIENCE + " although there are more: " + ends.keySet());
                }
            }
        }
        return arrivals;
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        int number = EventNumber.of(record.value());
        if (appendedMillis[number] != 0) {
            repeatedCount++;
            return;
        }
        appendedMillis[number] = record.timestamp();
        distinctCount++;
        int last = lastOfKey.merge(new String(record.key(), StandardCharsets.UTF_8), number, Math::max);
        if (last > number) {
            outOfOrderCount++;
        }
    }

    public int distinctCount() {
        return distinctCount;
    }

    public int lostCount() {
        return appendedMillis.length - distinctCount;
    }

    public int repeatedCount() {
        return repeatedCount;
    }

    public int outOfOrderCount() {
        return outOfOrderCount;
    }

    /**
     * Makes sure that the contender has done its job.
     *
     * @throws IllegalStateException if an event is missing, arrived twice or after a later one of its key
     */
    public void requireComplete(String contender) {
        if (lostCount() + repeatedCount + outOfOrderCount > 0) {
            throw new IllegalStateException("Of %d events, %s lost %d, repeated %d and put %d out of order"
                    .formatted(appendedMillis.length, contender, lostCount(), repeatedCount, outOfOrderCount));
        }
    }

    /** {@return when the first, the middle and the last event were appended} */
    public Timeline timeline() {
        long[] times =
                Arrays.stream(appendedMillis).filter(time -> time != 0).sorted().toArray();
        return new Timeline(times.length, times[0], times[times.length / 2], times[times.length - 1]);
    }
}
