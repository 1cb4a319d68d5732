package dev.fullstate.sample.orders;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.micrometer.tracing.test.autoconfigure.AutoConfigureTracing;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.test.context.TestPropertySource;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Shows that the trace of a request goes on in the relay and in a consumer of the event, whatever number of transactions and processes is in
 * between.
 */
@WholeService
@AutoConfigureTracing
@TestPropertySource(
        properties = {
            "management.tracing.sampling.probability=1.0",
            "spring.kafka.listener.observation-enabled=true",
            "spring.kafka.consumer.group-id=traced",
            "spring.kafka.consumer.auto-offset-reset=earliest",
            "spring.kafka.consumer.properties.metadata.max.age.ms=200"
        })
class OneTraceIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Autowired
    private OrdersApi api;

    @Autowired
    private InMemorySpanExporter spans;

    /** The header {@code traceparent} of the events that the consumer has had, by the order's id. */
    @Autowired
    private Map<String, String> consumed;

    @Test
    void requestAndConsumerOfItsEventHaveOneTrace() {
        String trace = traceOf(api.newOrder());
        SpanData request = span(trace, SpanKind.SERVER);
        SpanData consumer = span(trace, SpanKind.CONSUMER);
        assertThat(request.getName()).contains("/orders");
        assertThat(spans(trace)).extracting(SpanData::getSpanId).contains(consumer.getParentSpanId());
    }

    @Test
    void spanOfTheRelayIsBesideTheConsumersAndBelowTheRequests() {
        String trace = traceOf(api.newOrder());
        SpanData consumer = span(trace, SpanKind.CONSUMER);
        SpanData relay = span(trace, SpanKind.CLIENT);
        assertThat(relay.getName()).isEqualTo("publish outbox.event.order");
        assertThat(relay.getParentSpanId()).isEqualTo(consumer.getParentSpanId());
        assertThat(spans(trace)).extracting(SpanData::getSpanId).contains(relay.getParentSpanId());
        assertThat(relay.getStatus()).isEqualTo(StatusData.unset());
        assertThat(relay.getAttributes().asMap())
                .containsEntry(stringKey("messaging.system"), "kafka")
                .containsEntry(stringKey("messaging.operation.name"), "publish")
                .containsEntry(stringKey("messaging.operation.type"), "send")
                .containsEntry(stringKey("messaging.destination.name"), "outbox.event.order")
                .containsEntry(stringKey("outbox.pipeline"), "outbox")
                .containsEntry(stringKey("outbox.aggregate.type"), "order")
                .containsKeys(stringKey("messaging.message.id"), stringKey("messaging.destination.partition.id"));
    }

    @Test
    void requestThatIsNotSampledHasNoSpanOfTheRelay() {
        String unsampled = traceOf(api.newOrderOfTrace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"));
        // The relay has ended the spans of earlier events by the time at which it ends that of a later one.
        span(traceOf(api.newOrder()), SpanKind.CLIENT);
        assertThat(unsampled).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(spans(unsampled)).isEmpty();
    }

    /** Waits until the consumer has the event; returns the trace that its record names. */
    private String traceOf(String order) {
        String traceParent =
                await().atMost(PATIENCE).until(() -> consumed.get(OrdersApi.orderId(order)), Objects::nonNull);
        return traceParent.substring("00-".length(), "00-".length() + 32);
    }

    private SpanData span(String trace, SpanKind kind) {
        return await().atMost(PATIENCE)
                .until(
                        () -> spans(trace).stream()
                                .filter(span -> span.getKind() == kind)
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    private List<SpanData> spans(String trace) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().equals(trace))
                .toList();
    }

    /** A service with the consumer beside it. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Tracing {

        @Bean
        InMemorySpanExporter spanExporter() {
            return InMemorySpanExporter.create();
        }

        @Bean
        SimpleSpanProcessor spanProcessor(InMemorySpanExporter exporter) {
            return (SimpleSpanProcessor) SimpleSpanProcessor.create(exporter);
        }

        @Bean
        Map<String, String> consumed() {
            return new ConcurrentHashMap<>();
        }

        @Bean
        Consumer consumer(Map<String, String> consumed) {
            return new Consumer(consumed);
        }
    }

    /** Consumes events as any service does. */
    record Consumer(Map<String, String> consumed) {

        @KafkaListener(topics = "outbox.event.order")
        void consume(ConsumerRecord<String, String> event) {
            consumed.put(
                    event.key(),
                    new String(event.headers().lastHeader("traceparent").value(), StandardCharsets.UTF_8));
        }
    }
}
