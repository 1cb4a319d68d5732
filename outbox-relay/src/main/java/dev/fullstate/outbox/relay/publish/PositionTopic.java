package dev.fullstate.outbox.relay.publish;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.KafkaInspection;
import dev.fullstate.outbox.relay.kafka.KafkaTopic;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.parking.Parking;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.KafkaDiagnosis.Recorded;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

/**
 * The topic of the position of each pipeline: it has one partition and is compacted, with the pipeline as the key. A position is
 * written in the same Kafka transaction as the events before it (ADR 13), or, with at-least-once delivery, after they are acknowledged.
 */
final class PositionTopic {

    /** The record about topics is kept among the last ones, so that a start finds both soon. */
    private static final int MAX_QUOTED = 300;

    private static final int POSITIONS_PER_TOPICS_RECORD = 1_000;

    private final Kafka kafka;
    private final String topic;
    private final String positionKey;
    private final String topicsKey;
    private final String parkedKey;
    private final boolean atLeastOnce;
    /** Follows the keys of the pipeline; null before that begins, and once it is closed. */
    private Kafka.@Nullable LastValues last;
    /** The last record about topics, of this producer or of an earlier one. */
    private Map<String, KafkaTopic> known = Map.of();
    /** The last record about parked aggregates, of this producer or of an earlier one. */
    private Parked parked = Parked.NOTHING;
    /** True if there was a record about parked aggregates. */
    private boolean knowsParking;
    /** Positions that may be written before the next record about topics. */
    private int untilTopicsRecord;

    PositionTopic(Kafka kafka, PublisherSettings settings, String pipeline) {
        this.kafka = kafka;
        this.topic = settings.positionTopic();
        this.positionKey = pipeline;
        this.topicsKey = pipeline + "/topics";
        this.parkedKey = pipeline + "/parked";
        this.atLeastOnce = settings.delivery() == Delivery.AT_LEAST_ONCE;
    }

    String name() {
        return topic;
    }

    /**
     * Sends a position: in the transaction of the events before it, or once they are acknowledged.
     *
     * @param now the aggregates that are parked at the position
     * @param acknowledged called on a thread of the producer once Kafka has the record
     */
    void write(ResumePoint point, Parked now, RecordSender sender, Runnable acknowledged) {
        Map<String, KafkaTopic> topics = sender.topics().changes();
        if (topics != null) {
            known = topics;
        }
        boolean withTopics = topics != null || --untilTopicsRecord <= 0;
        if (withTopics) {
            untilTopicsRecord = POSITIONS_PER_TOPICS_RECORD;
            send(topicsKey, TopicsRecord.format(known), sender, () -> "the record of the topics", () -> {});
        }
        // After the record of the topics, so that a start that has found that one has passed the last one of this kind.
        // Without one, nothing was ever parked. At least once, a record of a dead relay may come late, and this one
        // replaces it.
        boolean again = withTopics
                ? !now.equals(Parked.NOTHING)
                : atLeastOnce && !now.aggregates().isEmpty();
        if (again || !now.equals(parked)) {
            parked = now;
            send(parkedKey, ParkedRecord.format(now), sender, () -> "the record of the parked aggregates", () -> {});
        }
        ResumePoint written = atLeastOnce ? point : point.asLast();
        send(positionKey, written.toString(), sender, () -> "the position " + point, acknowledged);
    }

    private void send(
            String key, String value, RecordSender sender, RecordSender.Description what, Runnable acknowledged) {
        sender.send(
                new ProducerRecord<>(
                        topic, 0, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)),
                what,
                acknowledged);
    }

    /** Finds the last position that is committed by now. */
    void follow() {
        last = kafka.follow(topic, Set.of(positionKey, topicsKey), Set.of(parkedKey));
    }

    /**
     * Looks at the last records that are committed by now, which a relay may be about to replace.
     *
     * @throws BrokerException if Kafka does not answer, or a record is not readable
     */
    static Recorded look(Kafka kafka, KafkaInspection inspection, PublisherSettings settings, String pipeline) {
        PositionTopic positions = new PositionTopic(kafka, settings, pipeline);
        Map<String, byte[]> values = inspection.committed(
                positions.topic, Set.of(positions.positionKey, positions.topicsKey), Set.of(positions.parkedKey));
        positions.remember(values);
        return new Recorded(
                positions.parse(values.get(positions.positionKey)),
                positions.known.keySet(),
                !positions.parked.equals(Parked.NOTHING));
    }

    /** Takes note of records that were written since, without waiting. */
    void keepUp() {
        followed().keepUp();
    }

    private Kafka.LastValues followed() {
        return Objects.requireNonNull(last, "The topic is followed");
    }

    /**
     * Reads the last committed position. To be called after the producer's transactions are initialised: only then is the
     * outcome of the last one of its predecessor decided.
     *
     * @return null if there is none
     * @throws BrokerException if Kafka does not answer, or the position is not readable
     */
    @Nullable
    ResumePoint read(RecordSender sender) {
        if (!sender.topics().isPositionTopicTheSame()) {
            close();
            sender.topics().requirePositionTopic(topic);
            follow();
        }
        Map<String, byte[]> values = followed().current();
        remember(values);
        ResumePoint position = parse(values.get(positionKey));
        if (values.containsKey(topicsKey)) {
            sender.topics().remember(known);
        } else if (position != null && position.numbers().isAnyPublished()) {
            sender.topics().warnOfLostRecord(topic, topicsKey);
        }
        return position;
    }

    private void remember(Map<String, byte[]> values) {
        Map<String, KafkaTopic> topics = parseTopics(values.get(topicsKey));
        if (topics != null) {
            known = topics;
        }
        Parked recorded = parseParked(values.get(parkedKey));
        if (recorded != null) {
            parked = recorded;
            knowsParking = true;
        }
    }

    /** Returns the aggregates that are parked at the position that was read. */
    Parking parking(RecordSender sender) {
        return new Parking(knowsParking ? parked : null, sender.maxRecordBytes());
    }

    /** Reads no more; a position can still be written. */
    void close() {
        if (last != null) {
            last.close();
            last = null;
        }
    }

    private @Nullable ResumePoint parse(byte @Nullable [] value) {
        return value == null
                ? null
                : read(
                        value,
                        ResumePoint::parse,
                        positionKey,
                        "the position",
                        "the relay then looks for what is published");
    }

    private @Nullable Map<String, KafkaTopic> parseTopics(byte @Nullable [] value) {
        return value == null
                ? null
                : read(
                        value,
                        TopicsRecord::parse,
                        topicsKey,
                        "the partitions by which keys are placed",
                        "the relay then places keys by the partitions that each topic has now");
    }

    private @Nullable Parked parseParked(byte @Nullable [] value) {
        return value == null
                ? null
                : read(
                        value,
                        ParkedRecord::parse,
                        parkedKey,
                        "the aggregates that are parked",
                        "the relay then takes them from the table outbox_parked");
    }

    /** It may be of any size, and have ids of aggregates. */
    private static String quote(String text) {
        return text.length() <= MAX_QUOTED
                ? "'" + text + "'"
                : "'" + text.substring(0, MAX_QUOTED) + "...', " + text.length() + " characters";
    }

    /** @throws BrokerException with the command that removes the record, if it is not readable: nothing in it is to be guessed */
    private <T> T read(byte[] value, Function<String, T> parser, String key, String content, String afterwards) {
        String text = new String(value, StandardCharsets.UTF_8);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException | JacksonException e) {
            throw new BrokerException(
                    "The record " + key + " in topic '" + topic + "', with " + content + ", is not readable: "
                            + quote(text),
                    "If a newer version of the relay has written it, run that one. Otherwise take it back: echo '" + key
                            + "|NULL' | kafka-console-producer.sh --bootstrap-server ... --topic " + topic
                            + " --property parse.key=true --property 'key.separator=|'"
                            + " --property null.marker=NULL -- " + afterwards,
                    e);
        }
    }
}
