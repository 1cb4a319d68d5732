package dev.fullstate.outbox.benchmarks.orders.namastack;

import java.util.concurrent.CompletionException;

import io.namastack.outbox.handler.OutboxRecordMetadata;
import io.namastack.outbox.handler.OutboxTypedHandler;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;

import dev.fullstate.outbox.benchmarks.orders.order.OrderState;

/**
 * Sends a record and waits for the broker's answer, as the library's module for Kafka does: the record counts as processed when
 * this method returns.
 */
@Component
final class KafkaHandler implements OutboxTypedHandler<OrderState> {

    private final KafkaTemplate<String, OrderState> kafka;
    private final String topic;

    KafkaHandler(KafkaTemplate<String, OrderState> kafka, @Value("${benchmark.topic}") String topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    /** @throws CompletionException if the broker rejects the record; the library tries again */
    @Override
    public void handle(OrderState state, OutboxRecordMetadata metadata) {
        kafka.send(topic, metadata.getKey(), state).join();
    }
}
