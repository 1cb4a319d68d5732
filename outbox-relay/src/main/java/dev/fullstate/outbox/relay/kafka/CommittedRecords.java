package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads committed records, up to the ends that partitions have at the moment. Waits for transactions that are open there: they
 * end within the transaction time-out. Used by one thread.
 */
final class CommittedRecords implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    /** Between the last record and the end lies the marker of its transaction, and rarely what was aborted since. */
    private static final long FIRST_LOOK_BACK = 16;

    private final KafkaSettings settings;
    /** Sees the ends as they are. */
    private final KafkaConsumer<byte[], byte[]> any;

    private final KafkaConsumer<byte[], byte[]> committed;

    CommittedRecords(KafkaSettings settings) {
        this.settings = settings;
        this.any = new KafkaConsumer<>(ClientProperties.consumer(settings, IsolationLevel.READ_UNCOMMITTED));
        this.committed = new KafkaConsumer<>(ClientProperties.consumer(settings, IsolationLevel.READ_COMMITTED));
    }

    /** Returns the offset after the last record of each partition that has any. */
    Map<TopicPartition, Long> ends(Set<String> topics) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (String topic : topics) {
            try {
                for (PartitionInfo each : any.partitionsFor(topic, settings.timeout())) {
                    TopicPartition partition = new TopicPartition(topic, each.partition());
                    Long end = endOfRecords(partition);
                    if (end != null) {
                        ends.put(partition, end);
                    }
                }
            } catch (KafkaException e) {
                throw failure(topic, e);
            }
        }
        return ends;
    }

    /** Looks back from the partition's end, further and further. */
    private @Nullable Long endOfRecords(TopicPartition partition) {
        long begin = begin(partition);
        long end = end(partition);
        AtomicReference<@Nullable Long> found = new AtomicReference<>();
        long from = end;
        for (long lookBack = FIRST_LOOK_BACK; from > begin && found.get() == null; lookBack *= FIRST_LOOK_BACK) {
            from = Math.max(begin, end - lookBack);
            read(partition, from, end, record -> found.set(record.offset() + 1));
        }
        return found.get();
    }

    private long begin(TopicPartition partition) {
        // A consumer warns of each offset of a partition that it was asked for and does not have.
        any.assign(List.of(partition));
        return any.beginningOffsets(List.of(partition), settings.timeout()).getOrDefault(partition, 0L);
    }

    private long end(TopicPartition partition) {
        return any.endOffsets(List.of(partition), settings.timeout()).getOrDefault(partition, 0L);
    }

    private void read(TopicPartition partition, long from, long end, Consumer<ConsumerRecord<byte[], byte[]>> records) {
        committed.assign(List.of(partition));
        committed.seek(partition, from);
        long patience = settings.transactionTimeout().plus(settings.timeout()).toNanos();
        long deadline = System.nanoTime() + patience;
        long position = committed.position(partition, settings.timeout());
        while (position < end) {
            if (System.nanoTime() - deadline > 0) {
                throw new BrokerException(
                        "Topic '" + partition.topic() + "' could not be read up to the end of partition "
                                + partition.partition() + ", offset " + end,
                        "Look for a transaction that hangs: kafka-transactions.sh find-hanging",
                        null);
            }
            for (ConsumerRecord<byte[], byte[]> record : committed.poll(POLL)) {
                if (record.offset() < end) {
                    records.accept(record);
                }
            }
            long now = committed.position(partition, settings.timeout());
            if (now != position) {
                // A long topic takes its time, also one of aborted records; only one that goes no further is held up.
                deadline = System.nanoTime() + patience;
                position = now;
            }
        }
    }

    private static BrokerException failure(String topic, KafkaException e) {
        return BrokerException.of("Topic '" + topic + "' could not be read", e);
    }

    @Override
    public void close() {
        committed.close();
        any.close();
    }
}
