package dev.fullstate.sample.reporting.intake;

import java.util.UUID;
import java.util.regex.Pattern;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.sample.reporting.report.OrderEvent;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Reads a record of the topic as an event. It is strict with the values that the report relies on (the key, the sequence, the members
 * that it shows) and tolerant of all others. Republished events are like all others.
 */
final class OrderEventReader {

    /** The digits are padded with zeros, so that their order as text is that of the numbers. */
    private static final Pattern SEQUENCE = Pattern.compile("\\d{19}");

    /** A mapper of its own, so that the settings of the application's HTTP API do not decide which events can be read. */
    private final JsonMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** @throws UnreadableEventException if the record is not the event of an order; the message says why */
    OrderEvent read(ConsumerRecord<String, byte @Nullable []> message) {
        UUID orderId = orderId(message.key());
        long sequence = sequence(message);
        byte[] value = message.value();
        boolean delete = "delete".equals(header(message, "ce_operation"));
        if (value == null) {
            if (!delete) {
                throw new UnreadableEventException("no value, but ce_operation is not delete");
            }
            return new OrderEvent.Deletion(orderId, sequence);
        }
        if (delete) {
            throw new UnreadableEventException("ce_operation is delete, but there is a value");
        }
        return payload(value).stateOf(orderId, sequence, number(message, "ce_entityversion"));
    }

    private static UUID orderId(@Nullable String key) {
        try {
            UUID orderId = UUID.fromString(String.valueOf(key));
            // The parser accepts 1-1-1-1-1.
            if (orderId.toString().equalsIgnoreCase(key)) {
                return orderId;
            }
        } catch (IllegalArgumentException e) {
            throw new UnreadableEventException("the key %s is not a UUID".formatted(key), e);
        }
        throw new UnreadableEventException("the key %s is not a UUID".formatted(key));
    }

    private static long sequence(ConsumerRecord<?, ?> message) {
        String sequence = String.valueOf(header(message, "ce_sequence"));
        if (!SEQUENCE.matcher(sequence).matches()) {
            throw new UnreadableEventException("ce_sequence is %s, not 19 digits".formatted(sequence));
        }
        return number(message, "ce_sequence");
    }

    private static long number(ConsumerRecord<?, ?> message, String name) {
        String value = String.valueOf(header(message, name));
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new UnreadableEventException("%s is %s, not a number of 64 bits".formatted(name, value), e);
        }
    }

    private static @Nullable String header(ConsumerRecord<?, ?> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
    }

    private OrderPayload payload(byte[] value) {
        OrderPayload payload;
        try {
            payload = json.readValue(value, OrderPayload.class);
        } catch (JacksonException e) {
            throw new UnreadableEventException("the value is not the JSON of an order", e);
        }
        if (payload == null) {
            throw new UnreadableEventException("the value is null in JSON");
        }
        return payload;
    }
}
