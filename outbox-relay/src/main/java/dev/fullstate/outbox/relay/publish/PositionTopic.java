package dev.fullstate.outbox.relay.publish;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.ResumePoint;

/**
 * Where the position of each pipeline is kept: a topic of one partition, compacted, with the pipeline as the key. A position is
 * written in the same Kafka transaction as the events before it, or, with at-least-once delivery, after they are acknowledged.
 */
final class PositionTopic {

    /**
     * Kafka removes what a newer position has replaced from segments only that it
     * no longer writes to, and the markers of transactions a while later: by default, that is a gigabyte, and a day.
     */
    static final Map<String, String> CONFIGURATION = Map.of(
            TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(4 * 1024 * 1024),
            TopicConfig.DELETE_RETENTION_MS_CONFIG,
                    Long.toString(Duration.ofMinutes(1).toMillis()));

    private final Kafka kafka;
    private final String topic;
    private final byte[] key;
    private Kafka.@Nullable LastValue last;

    PositionTopic(Kafka kafka, PublisherSettings settings, String pipeline) {
        this.kafka = kafka;
        this.topic = settings.transactions().positionTopic();
        this.key = pipeline.getBytes(StandardCharsets.UTF_8);
    }

    String name() {
        return topic;
    }

    /**
     * Sends a position: in the transaction of the events before it, or once they are acknowledged.
     *
     * @param taken called on a thread of the producer once Kafka has the record
     */
    void write(ResumePoint point, RecordSender sender, Runnable taken) {
        byte[] value = point.toString().getBytes(StandardCharsets.UTF_8);
        sender.send(new ProducerRecord<>(topic, 0, key, value), () -> "The position " + point, taken);
    }

    /** Finds the last position that is committed by now. */
    void follow() {
        last = kafka.follow(topic, key);
    }

    /** Takes note of what has been written meanwhile, without waiting. */
    void keepUp() {
        followed().keepUp();
    }

    private Kafka.LastValue followed() {
        return Objects.requireNonNull(last, "The topic is followed");
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
        byte[] value = followed().current();
        return value == null ? null : parse(value);
    }

    /** Reads no more; a position can still be written. */
    void close() {
        if (last != null) {
            last.close();
            last = null;
        }
    }

    private ResumePoint parse(byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8);
        try {
            return ResumePoint.parse(text);
        } catch (IllegalArgumentException e) {
            throw new PublishException(
                    "The position of pipeline " + new String(key, StandardCharsets.UTF_8) + " in topic '" + topic
                            + "' is not readable: '" + text + "'",
                    "Start once with outbox.relay.delivery=at-least-once, which goes by the replication slot and may repeat"
                            + " the last events",
                    e);
        }
    }
}
