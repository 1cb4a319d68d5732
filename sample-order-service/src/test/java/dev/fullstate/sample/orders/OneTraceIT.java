package dev.fullstate.sample.orders;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.micrometer.tracing.test.autoconfigure.AutoConfigureTracing;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Shows that the trace of a request goes on in a consumer of the event, whatever number of transactions and processes is in between. */
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

    @Autowired
    private BlockingQueue<String> consumed;

    @Test
    void requestAndConsumerOfItsEventHaveOneTrace() {
        String orderId = OrdersApi.orderId(api.newOrder());
        await().atMost(PATIENCE).until(() -> consumed.contains(orderId));
        SpanData request = await().atMost(PATIENCE).until(() -> span(SpanKind.SERVER), span -> span != null);
        SpanData consumer = await().atMost(PATIENCE).until(() -> span(SpanKind.CONSUMER), span -> span != null);
        assertThat(request.getName()).contains("/orders");
        assertThat(consumer.getTraceId()).isEqualTo(request.getTraceId());
        assertThat(spans())
                .filteredOn(span -> span.getTraceId().equals(request.getTraceId()))
                .extracting(SpanData::getSpanId)
                .contains(consumer.getParentSpanId());
    }

    private SpanData span(SpanKind kind) {
        return spans().stream()
                .filter(span -> span.getKind() == kind)
                .findFirst()
                .orElse(null);
    }

    private List<SpanData> spans() {
        return spans.getFinishedSpanItems();
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
        BlockingQueue<String> consumed() {
            return new LinkedBlockingQueue<>();
        }

        @Bean
        Consumer consumer(BlockingQueue<String> consumed) {
            return new Consumer(consumed);
        }
    }

    /** Consumes events as any service does. */
    record Consumer(BlockingQueue<String> consumed) {

        @KafkaListener(topics = "outbox.event.order")
        void consume(ConsumerRecord<String, String> event) {
            consumed.add(event.key());
        }
    }
}
