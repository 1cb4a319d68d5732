package dev.fullstate.sample.reporting.intake;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

import dev.fullstate.sample.reporting.report.OrderReport;

/**
 * Reads raw records, because a delete has no value, and a consumer of typed values never sees its headers.
 *
 * <p>The container commits the offsets after {@link #receive} has returned for all records of a poll, so after the database has
 * committed. The report ignores records that a crash in between repeats.
 */
@Component
class OrderEventListener {

    static final String TOPIC = "outbox.event.order";

    private final OrderEventReader reader = new OrderEventReader();
    private final OrderReport report;

    OrderEventListener(OrderReport report) {
        this.report = report;
    }

    @KafkaListener(topics = TOPIC)
    void receive(ConsumerRecord<String, byte @Nullable []> message) {
        report.apply(reader.read(message));
    }
}
