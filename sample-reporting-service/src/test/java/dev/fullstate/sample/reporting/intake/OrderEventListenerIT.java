package dev.fullstate.sample.reporting.intake;

import java.time.Duration;
import java.util.UUID;

import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.fullstate.sample.reporting.OrderEvents;
import dev.fullstate.sample.reporting.ReportsApi;
import dev.fullstate.sample.reporting.TestEvent;
import dev.fullstate.sample.reporting.WholeService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** From a record in Kafka to the answer of the HTTP API. */
@WholeService
class OrderEventListenerIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final UUID orderId = UUID.randomUUID();

    @Autowired
    private OrderEvents events;

    @Autowired
    private ReportsApi api;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void orderIsReportedWithItsLastState() {
        String customer = "customer-" + orderId;
        events.publish(TestEvent.state(orderId, 1, customer, "CREATED"));
        awaitRead(events.publish(TestEvent.state(orderId, 2, customer, "PAID")));

        assertThat(api.get("/reports/orders/" + orderId)).bodyJson().isLenientlyEqualTo("""
                        {"orderId": "%s", "customerId": "%s", "status": "PAID", "itemCount": 2, "totalAmount": 45.5,
                         "lastUpdated": "2026-11-01T10:00:00.123456Z"}""".formatted(
                        orderId, customer));
        assertThat(api.get("/reports/revenue/" + customer)).bodyJson().isStrictlyEqualTo("""
                        [{"status": "PAID", "orderCount": 1, "totalAmount": 45.50}]""");
        assertThat(api.get("/reports/revenue"))
                .bodyJson()
                .extractingPath("$[*].status")
                .asArray()
                .contains("PAID");
    }

    @Test
    void deletedOrderIsNotReported() {
        events.publish(TestEvent.state(orderId, 1, "c-1", "CREATED"));
        awaitRead(events.publish(TestEvent.deletion(orderId, 2)));

        assertThat(api.get("/reports/orders/" + orderId)).hasStatus(404);
    }

    @Test
    void olderEventThatComesLaterIsIgnored() {
        events.publish(TestEvent.state(orderId, 8, "c-1", "DELIVERED"));
        events.publish(TestEvent.state(orderId, 7, "c-1", "PAID"));
        awaitRead(events.publish(TestEvent.deletion(orderId, 6)));

        assertThat(status()).isEqualTo("DELIVERED");
    }

    @Test
    void abortedEventsOfAFailedRelayAreNotShown() {
        events.publishInVain(TestEvent.state(orderId, 9, "c-1", "DELIVERED"), 1);
        awaitRead(events.publish(TestEvent.state(orderId, 8, "c-1", "PAID"), 1));

        assertThat(status()).isEqualTo("PAID");
    }

    @Test
    void positionIsThatOfTheNextRecordOfEachPartition() {
        RecordMetadata first = events.publish(TestEvent.state(orderId, 1, "c-1", "CREATED"), 0);
        RecordMetadata third = events.publish(TestEvent.state(UUID.randomUUID(), 1, "c-1", "CREATED"), 2);

        awaitRead(first);
        awaitRead(third);

        assertThat(api.position(0)).isEqualTo(first.offset() + 1);
        assertThat(api.position(2)).isEqualTo(third.offset() + 1);
    }

    @Test
    void emptiedTableTakesLaterEvents() {
        awaitRead(events.publish(TestEvent.state(orderId, 7, "c-1", "CREATED")));

        assertThat(api.deleteAs("admin", "/reports")).hasStatus(204);

        assertThat(jdbc.sql("select count(*) from order_report")
                        .query(Long.class)
                        .single())
                .isZero();
        awaitRead(events.publish(TestEvent.state(orderId, 9, "c-1", "PAID")));
        assertThat(status()).isEqualTo("PAID");
    }

    private String status() {
        return jdbc.sql("select status from order_report where order_id = ?")
                .param(orderId)
                .query(String.class)
                .single();
    }

    /** Waits until the position says that a record is read; from then on it has to show. */
    private void awaitRead(RecordMetadata record) {
        await().atMost(PATIENCE).until(() -> api.position(record.partition()) > record.offset());
    }
}
