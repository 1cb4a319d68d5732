package dev.fullstate.outbox.relay.publish;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.contract.EventHeaders;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;

/**
 * An event as a Kafka record: CloudEvents 1.0.2, Kafka protocol binding, binary mode. Header values are plain UTF-8, as the
 * binding says and its SDKs read them; the value is the payload's bytes, or null for a delete, which has no content type.
 */
final class EventRecord {

    private static final byte[] SPEC_VERSION_1_0 = utf8("1.0");
    private static final byte[] JSON = utf8("application/json");
    private static final JsonMapper EXTENSIONS = JsonMapper.builder().build();
    private static final TypeReference<Map<String, @Nullable String>> STRINGS = new TypeReference<>() {};
    /** CloudEvents, naming conventions: what SDKs refuse to read must not be written. */
    private static final Pattern EXTENSION_NAME = Pattern.compile("[a-z0-9]+");

    private static final Set<String> OWN_HEADERS = Set.of(
            EventHeaders.PREFIX + "data",
            EventHeaders.PREFIX + "datacontenttype",
            EventHeaders.SPEC_VERSION,
            EventHeaders.ID,
            EventHeaders.SOURCE,
            EventHeaders.TYPE,
            EventHeaders.SUBJECT,
            EventHeaders.TIME,
            EventHeaders.DATA_SCHEMA,
            EventHeaders.CHANGE_ID,
            EventHeaders.SEQUENCE,
            EventHeaders.ENTITY_VERSION,
            EventHeaders.OPERATION,
            EventHeaders.REPUBLISH_ID,
            EventHeaders.RECORDED_TIME,
            EventHeaders.TRACE_PARENT,
            EventHeaders.TRACE_STATE);

    private EventRecord() {}

    /**
     * @throws UnpublishableRowException if a value of the event has no form in a record
     */
    static ProducerRecord<byte[], byte @Nullable []> of(RoutedEvent routed, int partition) {
        CommittedEvent event = routed.event();
        ProducerRecord<byte[], byte @Nullable []> record =
                new ProducerRecord<>(routed.topic(), partition, routed.key(), event.payload());
        addHeaders(record.headers(), event);
        return record;
    }

    /** {@return the size of the record in a request, in bytes: slightly above Kafka's own upper bound} */
    static int sizeInBytes(ProducerRecord<byte[], byte @Nullable []> record) {
        int overhead = 128;
        int perHeader = 10;
        byte[] value = record.value();
        int size = overhead + record.key().length + (value == null ? 0 : value.length);
        for (Header header : record.headers()) {
            size += perHeader + header.key().length() + header.value().length;
        }
        return size;
    }

    private static void addHeaders(Headers headers, CommittedEvent event) {
        headers.add(EventHeaders.SPEC_VERSION, SPEC_VERSION_1_0);
        headers.add(EventHeaders.ID, event.id());
        headers.add(EventHeaders.SOURCE, event.source());
        headers.add(EventHeaders.TYPE, event.type());
        headers.add(EventHeaders.SUBJECT, event.aggregateId());
        byte[] time = event.time();
        if (time != null) {
            headers.add(EventHeaders.TIME, formed(event, OutboxTable.TIME, time, Rfc3339::of));
        }
        if (event.payload() != null) {
            headers.add(EventHeaders.CONTENT_TYPE, JSON);
        }
        addIfPresent(headers, EventHeaders.DATA_SCHEMA, event.dataSchema());
        headers.add(EventHeaders.CHANGE_ID, event.changeId());
        headers.add(EventHeaders.SEQUENCE, formed(event, OutboxTable.SEQ, event.seq(), EventRecord::padded));
        addIfPresent(headers, EventHeaders.ENTITY_VERSION, event.entityVersion());
        headers.add(EventHeaders.OPERATION, event.operation());
        addIfPresent(headers, EventHeaders.REPUBLISH_ID, event.republishId());
        headers.add(EventHeaders.RECORDED_TIME, formed(event, OutboxTable.CREATED_AT, event.createdAt(), Rfc3339::of));
        addIfPresent(headers, EventHeaders.TRACE_PARENT, event.traceParent());
        addIfPresent(headers, EventHeaders.TRACE_STATE, event.traceState());
        addIfPresent(headers, EventHeaders.W3C_TRACE_PARENT, event.traceParent());
        addIfPresent(headers, EventHeaders.W3C_TRACE_STATE, event.traceState());
        byte[] extensions = event.extensions();
        if (extensions != null) {
            formed(event, OutboxTable.EXTENSIONS, extensions, EventRecord::extensions)
                    .forEach((name, value) -> addExtension(headers, name, value));
        }
    }

    private static <T> T formed(CommittedEvent event, String column, byte[] value, Function<byte[], T> form) {
        try {
            return form.apply(value);
        } catch (IllegalArgumentException e) {
            throw UnpublishableRowException.of(event, column, "in column '" + column + "', " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw UnpublishableRowException.of(
                    event, column, "column '" + column + "' has no JSON object whose values are strings", e);
        }
    }

    private static void addIfPresent(Headers headers, String name, byte @Nullable [] value) {
        if (value != null) {
            headers.add(name, value);
        }
    }

    private static Map<String, @Nullable String> extensions(byte[] json) {
        Map<String, @Nullable String> extensions = EXTENSIONS.readValue(json, STRINGS);
        if (extensions == null) {
            return Map.of(); // JSON's null.
        }
        extensions.forEach((name, value) -> {
            if (!EXTENSION_NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("no attribute can have the name '" + name + "'");
            }
            if (value != null && !isText(value)) {
                throw new IllegalArgumentException("the value of '" + name + "' is not a text that UTF-8 can express");
            }
        });
        return extensions;
    }

    /** JSON may escape what is no character: half of one, and the zero, which PostgreSQL does not have. */
    private static boolean isText(String value) {
        return value.indexOf(0) < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(value);
    }

    /** A user's extension never replaces an attribute of ours, and no header comes twice. */
    private static void addExtension(Headers headers, String name, @Nullable String value) {
        String header = EventHeaders.PREFIX + name;
        if (value != null && !OWN_HEADERS.contains(header)) {
            headers.add(header, utf8(value));
        }
    }

    static byte[] padded(byte[] seq) {
        boolean digits = seq.length > 0 && seq.length <= EventHeaders.SEQUENCE_DIGITS;
        for (int i = 0; digits && i < seq.length; i++) {
            digits = seq[i] >= '0' && seq[i] <= '9';
        }
        if (!digits) {
            throw new IllegalArgumentException("the value is not between 0 and the largest bigint");
        }
        byte[] padded = new byte[EventHeaders.SEQUENCE_DIGITS];
        int zeros = padded.length - seq.length;
        Arrays.fill(padded, 0, zeros, (byte) '0');
        System.arraycopy(seq, 0, padded, zeros, seq.length);
        return padded;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
