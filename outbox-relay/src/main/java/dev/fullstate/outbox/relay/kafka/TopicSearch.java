package dev.fullstate.outbox.relay.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.EventHeaders;
import dev.fullstate.outbox.relay.position.FoundEvent;

/**
 * Reads topics from the first record of a time or later. Waits for transactions that are open there: those of others end within their
 * time-out, and the pipeline's own is over when its successor looks.
 */
final class TopicSearch implements Search {

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaSettings settings;
    private final KafkaConsumer<byte[], byte[]> committed;
    /** Of the partitions that have not been read to their end. */
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    /** The sum of the positions in {@code ends} at the last look. */
    private long reached;
    /** The time at which {@code reached} changed, or of the begin; only grows. */
    private long progressed = System.nanoTime();

    private TopicSearch(KafkaSettings settings) {
        this.settings = settings;
        this.committed = new KafkaConsumer<>(ClientProperties.consumer(settings, IsolationLevel.READ_COMMITTED));
    }

    static TopicSearch begin(KafkaSettings settings, Set<String> topics, Instant since) {
        TopicSearch search = new TopicSearch(settings);
        try (KafkaConsumer<byte[], byte[]> any =
                new KafkaConsumer<>(ClientProperties.consumer(settings, IsolationLevel.READ_UNCOMMITTED))) {
            search.seek(any, topics, since);
            return search;
        } catch (KafkaException e) {
            search.close();
            throw failure(e);
        } catch (RuntimeException e) {
            search.close();
            throw e;
        }
    }

    private void seek(KafkaConsumer<byte[], byte[]> any, Set<String> topics, Instant since) {
        // Kafka knows no time before 1970.
        long from = Math.max(0, since.toEpochMilli());
        Map<TopicPartition, Long> times = new HashMap<>();
        for (String topic : topics) {
            // By name: a list of all topics leaves out those that the user may not see, in which events may be.
            for (PartitionInfo each : any.partitionsFor(topic, settings.timeout())) {
                times.put(new TopicPartition(topic, each.partition()), from);
            }
        }
        any.assign(times.keySet());
        Map<TopicPartition, OffsetAndTimestamp> starts = new HashMap<>(any.offsetsForTimes(times, settings.timeout()));
        // Without a record of that time or later a partition has no start.
        starts.values().removeIf(Objects::isNull);
        ends.putAll(any.endOffsets(starts.keySet(), settings.timeout()));
        committed.assign(ends.keySet());
        starts.forEach((partition, start) -> committed.seek(partition, start.offset()));
    }

    @Override
    public @Nullable List<FoundEvent> next() {
        try {
            noteProgress();
            ends.entrySet().removeIf(end -> committed.position(end.getKey(), settings.timeout()) >= end.getValue());
            if (ends.isEmpty()) {
                return null;
            }
            committed.assign(ends.keySet());
            List<FoundEvent> found = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : committed.poll(POLL)) {
                FoundEvent event = event(record);
                if (event != null) {
                    found.add(event);
                }
            }
            requireProgress();
            return found;
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    /** Records that were aborted are read, too, and never seen. */
    private void noteProgress() {
        long position = ends.keySet().stream()
                .mapToLong(partition -> committed.position(partition, settings.timeout()))
                .sum();
        if (position != reached) {
            reached = position;
            progressed = System.nanoTime();
        }
    }

    private void requireProgress() {
        Duration patience = settings.transactionTimeout().plus(settings.timeout());
        if (System.nanoTime() - progressed > patience.toNanos()) {
            throw new BrokerException(
                    "Topics could not be read to the end to find what is published: " + ends,
                    "Look for a transaction that hangs: kafka-transactions.sh find-hanging",
                    null);
        }
    }

    private static @Nullable FoundEvent event(ConsumerRecord<byte[], byte[]> record) {
        String id = header(record, EventHeaders.ID);
        String sequence = header(record, EventHeaders.SEQUENCE);
        String key = text(record.key());
        if (id == null || sequence == null || key == null) {
            return null;
        }
        try {
            return new FoundEvent(
                    UUID.fromString(id),
                    Long.parseLong(sequence),
                    record.topic(),
                    key,
                    header(record, EventHeaders.SOURCE),
                    header(record, EventHeaders.TYPE),
                    recordedAt(record));
        } catch (IllegalArgumentException somebodyElses) {
            return null;
        }
    }

    private static @Nullable Instant recordedAt(ConsumerRecord<byte[], byte[]> record) {
        String time = header(record, EventHeaders.RECORDED_TIME);
        try {
            return time == null ? null : Instant.parse(time);
        } catch (DateTimeParseException somebodyElses) {
            return null;
        }
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : text(header.value());
    }

    /** PostgreSQL has no text with a zero byte, so none of ours has one. */
    private static @Nullable String text(byte @Nullable [] utf8) {
        String text = utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
        return text == null || text.indexOf('\0') >= 0 ? null : text;
    }

    private static BrokerException failure(KafkaException e) {
        return BrokerException.of("Published events could not be looked for", e);
    }

    @Override
    public void close() {
        committed.close();
    }
}
