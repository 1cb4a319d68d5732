package dev.fullstate.outbox.relay.publish;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.DeadLetterHeaders;
import dev.fullstate.outbox.contract.EventHeaders;
import dev.fullstate.outbox.contract.OutboxTable;

/**
 * A dead letter as a Kafka record: the event's key, headers and payload, as far as the row has them, and headers that say why it is one. What
 * has no form in an event is there as it is in the table, under the name of its column. So a letter can be read as a CloudEvent wherever the row has the attributes
 * that each one has.
 */
final class DeadLetterRecord {

    /** The headers of columns. */
    private static final Map<String, String> HEADERS = Map.ofEntries(
            Map.entry(OutboxTable.ID, EventHeaders.ID),
            Map.entry(OutboxTable.SOURCE, EventHeaders.SOURCE),
            Map.entry(OutboxTable.TYPE, EventHeaders.TYPE),
            Map.entry(OutboxTable.AGGREGATE_ID, EventHeaders.SUBJECT),
            Map.entry(OutboxTable.TIME, EventHeaders.TIME),
            Map.entry(OutboxTable.DATA_SCHEMA, EventHeaders.DATA_SCHEMA),
            Map.entry(OutboxTable.CHANGE_ID, EventHeaders.CHANGE_ID),
            Map.entry(OutboxTable.SEQ, EventHeaders.SEQUENCE),
            Map.entry(OutboxTable.ENTITY_VERSION, EventHeaders.ENTITY_VERSION),
            Map.entry(OutboxTable.OPERATION, EventHeaders.OPERATION),
            Map.entry(OutboxTable.REPUBLISH_ID, EventHeaders.REPUBLISH_ID),
            Map.entry(OutboxTable.CREATED_AT, EventHeaders.RECORDED_TIME),
            Map.entry(OutboxTable.TRACE_PARENT, EventHeaders.TRACE_PARENT),
            Map.entry(OutboxTable.TRACE_STATE, EventHeaders.TRACE_STATE));

    /** What the record has in another way. */
    private static final List<String> PAYLOAD_AND_TYPE = List.of(OutboxTable.PAYLOAD, OutboxTable.AGGREGATE_TYPE);

    /** What makes a record a CloudEvent. */
    private static final List<String> REQUIRED = List.of(EventHeaders.ID, EventHeaders.SOURCE, EventHeaders.TYPE);

    /** The columns by which the row can be found. */
    private static final List<String> KEYS = List.of(OutboxTable.ID, OutboxTable.SEQ);

    private DeadLetterRecord() {}

    /** Returns the longest form of the letter that fits; its last form is what it takes to find the row. */
    static ProducerRecord<byte[], byte @Nullable []> of(
            DeadLetter letter, String topic, String pipeline, int maxRequestBytes) {
        Form[] forms = Form.values();
        int form = Math.min(letter.refusedCount(), forms.length - 1);
        ProducerRecord<byte[], byte @Nullable []> record = forms[form].record(letter, topic, pipeline);
        while (form < forms.length - 1 && EventRecord.sizeInBytes(record) > maxRequestBytes) {
            form++;
            record = forms[form].record(letter, topic, pipeline);
        }
        return record;
    }

    private enum Form {
        WHOLE(true, true),
        WITHOUT_PAYLOAD(true, false),
        IDENTIFIERS(false, false);

        private final boolean allHeaders;
        private final boolean payload;

        Form(boolean allHeaders, boolean payload) {
            this.allHeaders = allHeaders;
            this.payload = payload;
        }

        private ProducerRecord<byte[], byte @Nullable []> record(DeadLetter letter, String topic, String pipeline) {
            byte[] key = value(letter, OutboxTable.AGGREGATE_ID);
            byte[] value = value(letter, OutboxTable.PAYLOAD);
            ProducerRecord<byte[], byte @Nullable []> record = new ProducerRecord<>(
                    topic, null, allHeaders && key != null ? key : new byte[0], payload ? value : null);
            Headers headers = record.headers();
            add(headers, DeadLetterHeaders.REASON, letter.reason());
            add(headers, DeadLetterHeaders.PIPELINE, pipeline);
            add(headers, DeadLetterHeaders.POSITION, letter.row().position().toString());
            add(headers, DeadLetterHeaders.TOPIC, letter.topic());
            byte[] type = value(letter, OutboxTable.AGGREGATE_TYPE);
            if (allHeaders && type != null) {
                headers.add(DeadLetterHeaders.AGGREGATE_TYPE, type);
            }
            if (value != null && !payload) {
                add(headers, DeadLetterHeaders.OMITTED_BYTES, Integer.toString(value.length));
            }
            OutboxTable.PUBLISHED_COLUMNS.stream()
                    .filter(column -> allHeaders || KEYS.contains(column))
                    .forEach(column -> addColumn(headers, column, value(letter, column)));
            if (REQUIRED.stream().allMatch(name -> headers.lastHeader(name) != null)) {
                add(headers, EventHeaders.SPEC_VERSION, "1.0");
            }
            if (record.value() != null) {
                add(headers, EventHeaders.CONTENT_TYPE, "application/json");
            }
            return record;
        }
    }

    private static byte @Nullable [] value(DeadLetter letter, String column) {
        return letter.row().values()[OutboxTable.PUBLISHED_COLUMNS.indexOf(column)];
    }

    private static void addColumn(Headers headers, String column, byte @Nullable [] value) {
        String header = HEADERS.get(column);
        if (value == null || PAYLOAD_AND_TYPE.contains(column)) {
            return;
        }
        byte[] formed = header == null ? null : formed(column, value);
        headers.add(
                header == null || formed == null ? DeadLetterHeaders.PREFIX + column : header,
                formed == null ? value : formed);
    }

    private static byte @Nullable [] formed(String column, byte[] value) {
        try {
            return switch (column) {
                case OutboxTable.TIME, OutboxTable.CREATED_AT -> Rfc3339.of(value);
                case OutboxTable.SEQ -> EventRecord.padded(value);
                default -> value;
            };
        } catch (IllegalArgumentException noForm) {
            return null;
        }
    }

    private static void add(Headers headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(name, value.getBytes(StandardCharsets.UTF_8));
        }
    }
}
