package dev.fullstate.outbox.relay.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a topic backwards from its end, in windows that grow, until it has found each key, and from then on reads appended records. So the
 * length of the topic does not matter, unless a key is not in it.
 */
final class FollowedKeys implements Kafka.LastValues {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSING = Duration.ofSeconds(1);

    /** Records of others, and the markers of transactions, lie between the last record of a key and the end. */
    private static final long FIRST_WINDOW = 64;

    private static final long WINDOW_GROWTH = 8;

    /** A window is read to its end although the record may be at its beginning. */
    private static final long LARGEST_WINDOW = 64 * 1024;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final Set<String> keys;
    private final Set<String> others;
    private final LongSupplier end;
    private final Duration timeout;
    private final Map<String, ConsumerRecord<byte[], byte[]>> last = new HashMap<>();

    private FollowedKeys(KafkaSettings settings, String topic, Set<String> keys, Set<String> others, LongSupplier end) {
        this.consumer = new KafkaConsumer<>(ClientProperties.consumer(settings, IsolationLevel.READ_COMMITTED));
        this.partition = new TopicPartition(topic, 0);
        this.keys = keys;
        this.others = others;
        this.end = end;
        this.timeout = settings.timeout();
    }

    /**
     * Reads the records that are committed by now, without waiting for open transactions.
     *
     * @param end asks for the offset after the last record, of open transactions too
     * @throws BrokerException if Kafka does not answer
     */
    static FollowedKeys follow(
            KafkaSettings settings, String topic, Set<String> keys, Set<String> others, LongSupplier end) {
        FollowedKeys followed = new FollowedKeys(settings, topic, keys, others, end);
        try {
            followed.readBackwards();
            return followed;
        } catch (KafkaException e) {
            followed.close();
            throw followed.failure(e);
        } catch (RuntimeException e) {
            followed.close();
            throw e;
        }
    }

    private void readBackwards() {
        consumer.assign(List.of(partition));
        long begin = consumer.beginningOffsets(List.of(partition), timeout).getOrDefault(partition, 0L);
        // For a consumer that reads what is committed, the end is where the first open transaction begins.
        long stable = consumer.endOffsets(List.of(partition), timeout).getOrDefault(partition, 0L);
        long to = stable;
        for (long window = FIRST_WINDOW; to > begin && !last.keySet().containsAll(keys); window *= WINDOW_GROWTH) {
            long from = Math.max(begin, to - Math.min(window, LARGEST_WINDOW));
            consumer.seek(partition, from);
            readTo(to);
            to = from;
        }
        consumer.seek(partition, stable);
    }

    @Override
    public void keepUp() {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ZERO);
            while (!records.isEmpty()) {
                records.forEach(this::take);
                records = consumer.poll(Duration.ZERO);
            }
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    @Override
    public Map<String, byte[]> current() {
        try {
            readTo(end.getAsLong());
        } catch (KafkaException e) {
            throw failure(e);
        }
        return values();
    }

    /** Returns what was read so far. */
    Map<String, byte[]> values() {
        Map<String, byte[]> values = new HashMap<>();
        last.forEach((key, record) -> {
            if (record.value() != null) {
                values.put(key, record.value());
            }
        });
        return values;
    }

    /** Reads to an offset, and perhaps further: records that come then are newer than all before. */
    private void readTo(long offset) {
        long deadline = System.nanoTime() + timeout.toNanos();
        long position = consumer.position(partition, timeout);
        while (position < offset) {
            consumer.poll(POLL).forEach(this::take);
            long reached = consumer.position(partition, timeout);
            // A long topic takes its time; only a consumer that gets no further is held up.
            if (reached > position) {
                deadline = System.nanoTime() + timeout.toNanos();
            } else if (System.nanoTime() - deadline > 0) {
                throw BrokerException.heldUp(partition, position, offset);
            }
            position = reached;
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (keys.contains(key) || others.contains(key)) {
            // An older window may reach into a newer one.
            last.merge(key, record, (a, b) -> b.offset() > a.offset() ? b : a);
        }
    }

    private BrokerException failure(KafkaException e) {
        return BrokerException.of("Topic '" + partition.topic() + "' could not be read", e);
    }

    @Override
    public void close() {
        // A broker that does not answer would be waited for with the slot in hand.
        consumer.close(CloseOptions.timeout(CLOSING));
    }
}
