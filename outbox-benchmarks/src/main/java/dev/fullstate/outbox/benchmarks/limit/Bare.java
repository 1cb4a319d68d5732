package dev.fullstate.outbox.benchmarks.limit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.EventHeaders;

/**
 * Reads a slot and sends each row with the relay's key, value and headers, and nothing else: it knows the table's columns by
 * their place, never confirms, and stops at the first error.
 */
final class Bare {

    private static final long IDLE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final int COLUMNS = 19;
    private static final byte[] NONE = {};
    private static final byte[] SPEC_VERSION = "1.0".getBytes(StandardCharsets.UTF_8);
    private static final byte[] JSON = "application/json".getBytes(StandardCharsets.UTF_8);

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final byte[][] columns = new byte[COLUMNS][];

    private Bare(String topic, KafkaProducer<byte[], byte[]> producer) {
        this.topic = topic;
        this.producer = producer;
    }

    /** {@return the settings that differ from the producer's defaults} */
    static Map<String, String> producer(int lingerMillis) {
        return Map.of(
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
                ProducerConfig.LINGER_MS_CONFIG, Integer.toString(lingerMillis),
                ProducerConfig.BATCH_SIZE_CONFIG, "131072",
                ProducerConfig.BUFFER_MEMORY_CONFIG, "67108864");
    }

    public static void main(String[] arguments) throws SQLException {
        Map<String, Object> settings = new HashMap<>(producer(Integer.parseInt(arguments[6])));
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[4]);
        try (SlotReader reader = SlotReader.open(arguments[0], arguments[1], arguments[2], arguments[3]);
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            new Bare(arguments[5], producer).run(reader);
        }
    }

    private void run(SlotReader reader) throws SQLException {
        while (failure.get() == null) {
            ByteBuffer message = reader.read();
            if (message == null) {
                LockSupport.parkNanos(IDLE_NANOS);
            } else if (message.get() == 'I') {
                send(message);
            }
        }
        throw new IllegalStateException("Stopped by the first error", failure.get());
    }

    private void send(ByteBuffer insert) {
        insert.getInt(); // relation
        insert.get(); // 'N'
        int count = insert.getShort();
        for (int i = 0; i < count; i++) {
            columns[i] = insert.get() == 't' ? bytes(insert) : NONE;
        }
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, columns[3], columns[5]);
        Headers headers = record.headers();
        headers.add(EventHeaders.SPEC_VERSION, SPEC_VERSION);
        headers.add(EventHeaders.ID, columns[1]);
        headers.add(EventHeaders.SOURCE, columns[6]);
        headers.add(EventHeaders.TYPE, columns[4]);
        headers.add(EventHeaders.SUBJECT, columns[3]);
        headers.add(EventHeaders.TIME, rfc3339(columns[7]));
        headers.add(EventHeaders.CONTENT_TYPE, JSON);
        headers.add(EventHeaders.CHANGE_ID, columns[9]);
        headers.add(EventHeaders.SEQUENCE, padded(columns[0]));
        headers.add(EventHeaders.ENTITY_VERSION, columns[10]);
        headers.add(EventHeaders.OPERATION, columns[11]);
        headers.add(EventHeaders.RECORDED_TIME, rfc3339(columns[17]));
        Future<RecordMetadata> unused = producer.send(record, (metadata, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            }
        });
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.getInt()];
        buffer.get(bytes);
        return bytes;
    }

    /** From PostgreSQL's form in UTC, {@code 2026-01-31 12:00:00.123+00}. */
    private static byte[] rfc3339(byte[] time) {
        byte[] converted = new byte[time.length - 2];
        System.arraycopy(time, 0, converted, 0, converted.length);
        converted[10] = 'T';
        converted[converted.length - 1] = 'Z';
        return converted;
    }

    private static byte[] padded(byte[] sequence) {
        byte[] padded = "0".repeat(EventHeaders.SEQUENCE_DIGITS).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(sequence, 0, padded, padded.length - sequence.length, sequence.length);
        return padded;
    }
}
