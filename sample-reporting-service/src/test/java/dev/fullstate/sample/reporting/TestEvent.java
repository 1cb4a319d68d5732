package dev.fullstate.sample.reporting;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;

/** An event as the relay writes it, from which a test makes the one that it needs. */
public record TestEvent(@Nullable String key, @Nullable String value, Map<String, String> headers) {

    private static final String STATE = """
            {"orderId": "%s", "customer": {"id": "%s", "name": "Jörg", "email": "jd@example.com"},
             "items": [{"productId": "p-1", "quantity": 2, "price": 20.00}, {"productId": "p-2", "quantity": 1, "price": 5.50}],
             "status": "%s", "statusHistory": [{"status": "CREATED", "timestamp": "2026-11-01T10:00:00Z"}],
             "shippingDetails": {"address": "1 Main Street", "carrier": null},
             "totalAmount": 45.50, "lastUpdated": "2026-11-01T10:00:00.123456Z"}""";

    public static TestEvent state(Object orderId, long sequence, String customerId, String status) {
        return new TestEvent(
                        orderId.toString(), STATE.formatted(orderId, customerId, status), headers("update", sequence))
                .with("ce_entityversion", "3");
    }

    public static TestEvent deletion(Object orderId, long sequence) {
        return new TestEvent(orderId.toString(), null, headers("delete", sequence));
    }

    private static Map<String, String> headers(String operation, long sequence) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_operation", operation);
        headers.put("ce_sequence", "%019d".formatted(sequence));
        return headers;
    }

    public TestEvent withKey(@Nullable String changed) {
        return new TestEvent(changed, value, headers);
    }

    public TestEvent withValue(@Nullable String changed) {
        return new TestEvent(key, changed, headers);
    }

    /** The same with some of the value's text replaced; the text has to be there. */
    public TestEvent replacing(String text, String replacement) {
        if (value == null || !value.contains(text)) {
            throw new IllegalArgumentException("%s is not in %s".formatted(text, value));
        }
        return withValue(value.replace(text, replacement));
    }

    public TestEvent with(String header, String changed) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(header, changed);
        return new TestEvent(key, value, all);
    }

    public TestEvent without(String header) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.remove(header);
        return new TestEvent(key, value, all);
    }

    public ProducerRecord<String, byte[]> to(String topic, int partition) {
        List<Header> all = new ArrayList<>();
        headers.forEach((name, text) -> all.add(new RecordHeader(name, text.getBytes(UTF_8))));
        return new ProducerRecord<>(topic, partition, key, value == null ? null : value.getBytes(UTF_8), all);
    }
}
