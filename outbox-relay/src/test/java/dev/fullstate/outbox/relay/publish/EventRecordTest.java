package dev.fullstate.outbox.relay.publish;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.Events;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

class EventRecordTest {

    private static final Map<String, String> FULL = Map.of(
            OutboxTable.TIME, "2026-11-21 02:28:56.123456+00",
            OutboxTable.DATA_SCHEMA, "https://example.com/order.json",
            OutboxTable.ENTITY_VERSION, "4711",
            OutboxTable.REPUBLISH_ID, "0199f0c4-8a3e-7000-8000-000000000003",
            OutboxTable.TRACE_PARENT, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            OutboxTable.TRACE_STATE, "vendor=value",
            OutboxTable.EXTENSIONS, "{\"tenant\":\"Zürich\",\"id\":\"never replaces ours\",\"absent\":null}");

    @Test
    void everyAttributeHasItsHeaderOnce() {
        assertThat(headers(record(Events.with(FULL))))
                .containsExactly(
                        entry("ce_specversion", "1.0"),
                        entry("ce_id", "0199f0c4-8a3e-7000-8000-000000000001"),
                        entry("ce_source", "urn:service:test"),
                        entry("ce_type", "com.example.Order"),
                        entry("ce_subject", "order-1"),
                        entry("ce_time", "2026-11-21T02:28:56.123456Z"),
                        entry("content-type", "application/json"),
                        entry("ce_dataschema", "https://example.com/order.json"),
                        entry("ce_changeid", "0199f0c4-8a3e-5000-8000-000000000002"),
                        entry("ce_sequence", "0000000000000000042"),
                        entry("ce_entityversion", "4711"),
                        entry("ce_operation", "update"),
                        entry("ce_republishid", "0199f0c4-8a3e-7000-8000-000000000003"),
                        entry("ce_recordedtime", "2026-11-21T02:28:57Z"),
                        entry("ce_traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                        entry("ce_tracestate", "vendor=value"),
                        entry("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                        entry("tracestate", "vendor=value"),
                        entry("ce_tenant", "Zürich"));
    }

    @Test
    void absentAttributesHaveNoHeader() {
        assertThat(headers(record(Events.plain())))
                .containsOnlyKeys(
                        "ce_specversion",
                        "ce_id",
                        "ce_source",
                        "ce_type",
                        "ce_subject",
                        "content-type",
                        "ce_changeid",
                        "ce_sequence",
                        "ce_operation",
                        "ce_recordedtime");
    }

    @Test
    void sdkOfCloudEventsReadsTheRecord() {
        Map<String, String> columns = new LinkedHashMap<>(FULL);
        columns.put(OutboxTable.AGGREGATE_ID, "Größe 100% \"ж\" 🌍");
        columns.put(OutboxTable.PAYLOAD, "{\"name\":\"世界\"}");
        CloudEvent event = read(record(Events.with(columns)));
        assertThat(event.getId()).isEqualTo("0199f0c4-8a3e-7000-8000-000000000001");
        assertThat(event.getSubject()).isEqualTo("Größe 100% \"ж\" 🌍");
        assertThat(event.getTime()).isEqualTo("2026-11-21T02:28:56.123456Z");
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(event.getExtension("sequence")).isEqualTo("0000000000000000042");
        assertThat(event.getExtension("entityversion")).isEqualTo("4711");
        assertThat(event.getExtension("tenant")).isEqualTo("Zürich");
        assertThat(Objects.requireNonNull(event.getData()).toBytes()).asString().isEqualTo("{\"name\":\"世界\"}");
    }

    @Test
    void deleteHasNoValueAndNoContentTypeButItsHeaders() {
        ProducerRecord<byte[], byte @Nullable []> record = record(Events.delete());
        assertThat(record.value()).isNull();
        assertThat(headers(record)).doesNotContainKey("content-type").containsEntry("ce_operation", "delete");
        CloudEvent event = read(record);
        assertThat(event.getData()).isNull();
        assertThat(event.getSubject()).isEqualTo("order-1");
    }

    @Test
    void payloadAndKeyAreTheBytesOfTheRow() {
        CommittedEvent event = Events.plain();
        ProducerRecord<byte[], byte @Nullable []> record = record(event);
        assertThat(record.value()).isSameAs(event.payload());
        assertThat(record.key()).isSameAs(event.aggregateId());
    }

    @Test
    void largestSequenceFits() {
        assertThat(headers(record(Events.with(Map.of(OutboxTable.SEQ, "9223372036854775807")))))
                .containsEntry("ce_sequence", "9223372036854775807");
    }

    @ParameterizedTest
    @CsvSource({
        "seq, -1",
        "seq, 1.0",
        "seq, 92233720368547758070",
        "time, infinity",
        "time, -infinity",
        "time, 10000-01-01 00:00:00+00",
        "time, 0044-03-15 12:00:00+00 BC",
        "created_at, infinity",
        "created_at, -infinity",
        "created_at, 4713-01-01 00:00:00+00 BC",
        "created_at, 10000-01-01 00:00:00+00",
        "extensions, no json",
        "extensions, '[\"a\"]'",
        "extensions, '{\"a\":{\"b\":\"c\"}}'",
        "extensions, '{\"a\":\"b\"} more'",
        "extensions, '{\"a\":\"\\u0000\"}'",
        "extensions, '{\"a\":\"\\ud800\"}'",
        "extensions, '{\"A\":\"b\"}'",
        "extensions, '{\"a-b\":\"c\"}'",
        "extensions, '{\"\":\"c\"}'"
    })
    void valuesWithoutAFormInARecordAreRefusedWithRowAndColumn(String column, String value) {
        assertThatExceptionOfType(UnpublishableRowException.class)
                .isThrownBy(() -> record(Events.with(Map.of(column, value))))
                .withMessageContaining("event 0199f0c4-8a3e-7000-8000-000000000001 (seq ")
                .withMessageContaining("column '" + column + "'")
                .satisfies(e -> assertThat(e.in("public.outbox").remedy())
                        .startsWith("UPDATE public.outbox SET " + column + " = ... WHERE seq = "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"aggregatetype", "aggregateid", "type", "source", "operation"})
    void emptyAttributeThatEveryEventHasIsRefusedWithItsColumn(String column) {
        assertThatExceptionOfType(UnpublishableRowException.class)
                .isThrownBy(() -> Events.with(Map.of(column, "")))
                .satisfies(e -> assertThat(e.in("public.outbox").remedy())
                        .startsWith("UPDATE public.outbox SET " + column + " = ... WHERE seq = "));
    }

    @Test
    void sizeIsAtLeastThatOfTheRecord() {
        ProducerRecord<byte[], byte @Nullable []> record = record(Events.with(FULL));
        int content = record.key().length + Objects.requireNonNull(record.value()).length;
        for (Header header : record.headers()) {
            content += header.key().length() + header.value().length;
        }
        assertThat(EventRecord.sizeInBytes(record)).isBetween(content, content + 1_000);
    }

    private static ProducerRecord<byte[], byte @Nullable []> record(CommittedEvent event) {
        return EventRecord.of(new RoutedEvent("topic", event.aggregateId(), event), 0);
    }

    private static CloudEvent read(ProducerRecord<byte[], byte @Nullable []> record) {
        return KafkaMessageFactory.createReader(record.headers(), record.value())
                .toEvent();
    }

    private static Map<String, String> headers(ProducerRecord<byte[], byte @Nullable []> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            assertThat(headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)))
                    .as("header %s is there once", header.key())
                    .isNull();
        }
        return headers;
    }
}
