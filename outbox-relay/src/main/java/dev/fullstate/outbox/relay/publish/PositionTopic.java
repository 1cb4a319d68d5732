package dev.fullstate.outbox.relay.publish;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.transaction.ResumePoint;

/**
 * Where the position of each pipeline is kept: a topic of one partition, compacted, with the pipeline as the key. A position is
 * written in the same Kafka transaction as the events before it.
 */
final class PositionTopic {

    private static final Duration POLL = Duration.ofMillis(100);

    private final PublisherSettings settings;
    private final TopicPartition partition;
    private final byte[] key;

    PositionTopic(PublisherSettings settings, String pipeline) {
        this.settings = settings;
        this.partition = new TopicPartition(settings.transactions().positionTopic(), 0);
        this.key = pipeline.getBytes(StandardCharsets.UTF_8);
    }

    void ensure(Topics topics) {
        topics.ensureSinglePartition(partition.topic());
    }

    /**
     * Sends a position, in the transaction of the events before it.
     *
     * @param point null to take back what was said before
     */
    void write(@Nullable ResumePoint point, RecordSender sender) {
        byte @Nullable [] value = point == null ? null : point.toString().getBytes(StandardCharsets.UTF_8);
        sender.send(
                new ProducerRecord<>(partition.topic(), partition.partition(), key, value),
                "The position " + point + " was not taken by topic '" + partition.topic() + "'",
                () -> {});
    }

    /** Says that Kafka knows no position from now on. */
    void forget(RecordSender sender) {
        if (sender.topics().exists(partition.topic())) {
            write(null, sender);
        }
    }

    /**
     * Reads the last committed position. To be called after the producer's transactions are initialised: only then is the
     * outcome of the last one of its predecessor decided.
     *
     * @return null if there is none
     * @throws PublishException if Kafka does not answer, or the position is not readable
     */
    @Nullable
    ResumePoint read() {
        try (KafkaConsumer<byte[], byte[]> committed = consumer(IsolationLevel.READ_COMMITTED);
                KafkaConsumer<byte[], byte[]> any = consumer(IsolationLevel.READ_UNCOMMITTED)) {
            // Another pipeline's open transaction hides what is behind it: it ends within the transaction time-out.
            long end = any.endOffsets(List.of(partition), settings.timeout()).getOrDefault(partition, 0L);
            return read(committed, end);
        } catch (KafkaException e) {
            throw PublishException.of("The position in topic '" + partition.topic() + "' could not be read", e);
        }
    }

    private @Nullable ResumePoint read(KafkaConsumer<byte[], byte[]> consumer, long end) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long deadline = System.nanoTime()
                + settings.transactions().timeout().plus(settings.timeout()).toNanos();
        byte @Nullable [] last = null;
        while (consumer.position(partition, settings.timeout()) < end) {
            if (System.nanoTime() - deadline > 0) {
                throw new PublishException(
                        "Topic '" + partition.topic() + "' could not be read up to its end, offset " + end,
                        "Look for a transaction that hangs: kafka-transactions.sh find-hanging",
                        null);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (Arrays.equals(record.key(), key)) {
                    last = record.value();
                }
            }
        }
        return last == null ? null : parse(last);
    }

    private ResumePoint parse(byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8);
        try {
            return ResumePoint.parse(text);
        } catch (IllegalArgumentException e) {
            throw new PublishException(
                    "The position of pipeline " + new String(key, StandardCharsets.UTF_8) + " in topic '"
                            + partition.topic() + "' is not readable: '" + text + "'",
                    "Start once with outbox.relay.delivery=at-least-once, which goes by the replication slot and may repeat"
                            + " the last events",
                    e);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(IsolationLevel isolation) {
        Map<String, Object> properties = ClientProperties.consumer(settings, isolation);
        return new KafkaConsumer<>(properties);
    }
}
