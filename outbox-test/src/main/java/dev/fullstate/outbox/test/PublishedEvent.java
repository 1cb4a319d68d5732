package dev.fullstate.outbox.test;

import java.util.LinkedHashMap;
import java.util.Map;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One record of a topic, read as a CloudEvent of the Kafka protocol binding. AssertJ's {@code assertThat(event)} accepts it.
 *
 * @param key        the aggregate's id; null if the record has none
 * @param topic      of the record
 * @param partition  of the record
 * @param offset     of the record in the partition; rises, with gaps
 * @param cloudEvent attributes, extensions and data as the CloudEvents SDK reads them
 * @param data       the value as text; null for a delete, which is a tombstone with headers
 * @param headers    all headers as text, in their order; of a repeated header the last
 */
public record PublishedEvent(
        @Nullable String key,
        String topic,
        int partition,
        long offset,
        CloudEvent cloudEvent,
        @Nullable String data,
        Map<String, String> headers)
        implements AssertProvider<PublishedEventAssert> {

    static PublishedEvent of(ConsumerRecord<String, byte[]> message) {
        byte[] value = message.value();
        return new PublishedEvent(
                message.key(),
                message.topic(),
                message.partition(),
                message.offset(),
                cloudEvent(message),
                value == null ? null : new String(value, UTF_8),
                headers(message));
    }

    /** For AssertJ. */
    @Override
    public PublishedEventAssert assertThat() {
        return new PublishedEventAssert(this);
    }

    private static CloudEvent cloudEvent(ConsumerRecord<String, byte[]> message) {
        try {
            return KafkaMessageFactory.createReader(message).toEvent();
        } catch (CloudEventRWException e) {
            throw new IllegalStateException(
                    "The record at offset %d of %s-%d is not a CloudEvent: its headers are %s"
                            .formatted(message.offset(), message.topic(), message.partition(), headers(message)),
                    e);
        }
    }

    private static Map<String, String> headers(ConsumerRecord<String, byte[]> message) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : message.headers()) {
            headers.put(header.key(), header.value() == null ? "" : new String(header.value(), UTF_8));
        }
        return headers;
    }
}
