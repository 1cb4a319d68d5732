package dev.fullstate.sample.reporting.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.fullstate.sample.reporting.WholeService;

import static org.assertj.core.api.Assertions.assertThat;

/** The table on a real server: the event with the highest sequence decides, whatever comes before and after it. */
@WholeService
class OrderReportIT {

    private static final Instant TIME = Instant.parse("2026-11-01T10:00:00.123456Z");

    private final UUID orderId = UUID.randomUUID();

    @Autowired
    private OrderReport report;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void newerEventReplacesTheRowAsAWhole() {
        assertThat(report.apply(state(7, "CREATED"))).isTrue();
        assertThat(report.apply(new OrderEvent.State(
                        orderId, 8, 4, "c-2", "PAID", 3, new BigDecimal("99.90"), TIME.plusSeconds(1))))
                .isTrue();

        assertThat(report.order(orderId))
                .contains(
                        new ReportedOrder(orderId, 4, "c-2", "PAID", 3, new BigDecimal("99.90"), TIME.plusSeconds(1)));
    }

    @Test
    void olderEventAndRepeatChangeNothing() {
        report.apply(state(8, "PAID"));
        Map<String, Object> row = row();

        assertThat(report.apply(state(7, "CREATED"))).isFalse();
        assertThat(report.apply(state(8, "DELIVERED"))).isFalse();
        assertThat(report.apply(new OrderEvent.Deletion(orderId, 8))).isFalse();

        assertThat(row()).isEqualTo(row);
    }

    @Test
    void olderEventDoesNotBringADeletedOrderBack() {
        report.apply(state(7, "CREATED"));
        assertThat(report.apply(new OrderEvent.Deletion(orderId, 8))).isTrue();

        assertThat(report.apply(state(7, "CREATED"))).isFalse();

        assertThat(report.order(orderId)).isEmpty();
        assertThat(row()).containsEntry("deleted", true).containsEntry("sequence", 8L);
    }

    @Test
    void deleteThatOvertakesTheOrderIsKept() {
        assertThat(report.apply(new OrderEvent.Deletion(orderId, 8))).isTrue();
        assertThat(report.apply(state(7, "CREATED"))).isFalse();

        assertThat(report.order(orderId)).isEmpty();
    }

    @Test
    void nothingOfADeletedOrderIsKeptButItsIdAndSequence() {
        report.apply(state(7, "CREATED"));
        report.apply(new OrderEvent.Deletion(orderId, 8));

        assertThat(row())
                .extractingByKeys(
                        "entity_version", "customer_id", "status", "item_count", "total_amount", "last_updated")
                .containsOnlyNulls();
    }

    @Test
    void orderThatIsCreatedAgainIsThereAgain() {
        report.apply(new OrderEvent.Deletion(orderId, 8));
        report.apply(state(9, "CREATED"));

        assertThat(report.order(orderId))
                .get()
                .extracting(ReportedOrder::status)
                .isEqualTo("CREATED");
    }

    @Test
    void newestEventStaysInWhateverOrderWritersApplyThem() throws Exception {
        List<OrderEvent> events = new ArrayList<>();
        for (int sequence = 1; sequence <= 200; sequence++) {
            events.add(
                    sequence % 5 == 0 ? new OrderEvent.Deletion(orderId, sequence) : state(sequence, "S" + sequence));
        }
        events.add(state(201, "LAST"));
        Collections.shuffle(events, new Random(7));

        ExecutorService writers = Executors.newFixedThreadPool(4);
        try {
            for (Future<Boolean> applied : writers.invokeAll(events.stream()
                    .map(event -> (Callable<Boolean>) () -> report.apply(event))
                    .toList())) {
                applied.get();
            }
        } finally {
            writers.shutdownNow();
        }

        assertThat(report.order(orderId))
                .get()
                .extracting(ReportedOrder::status)
                .isEqualTo("LAST");
    }

    @Test
    void revenueIsThatOfOrdersThatExist() {
        String customer = "customer-" + orderId;
        report.apply(paid(UUID.randomUUID(), customer, "20.10"));
        report.apply(paid(UUID.randomUUID(), customer, "0.20"));
        UUID deleted = UUID.randomUUID();
        report.apply(paid(deleted, customer, "1000.00"));
        report.apply(new OrderEvent.Deletion(deleted, 2));

        assertThat(report.revenueOf(customer)).containsExactly(new Revenue("PAID", 2, new BigDecimal("20.30")));
        assertThat(report.revenue())
                .filteredOn(revenue -> revenue.status().equals("PAID"))
                .singleElement()
                .satisfies(all -> assertThat(all.orderCount()).isGreaterThanOrEqualTo(2));
    }

    private OrderEvent.State state(long sequence, String status) {
        return new OrderEvent.State(orderId, sequence, 3, "c-1", status, 2, new BigDecimal("45.50"), TIME);
    }

    private static OrderEvent paid(UUID orderId, String customer, String amount) {
        return new OrderEvent.State(orderId, 1, 0, customer, "PAID", 1, new BigDecimal(amount), TIME);
    }

    private Map<String, Object> row() {
        return jdbc.sql("select * from order_report where order_id = ?")
                .param(orderId)
                .query()
                .singleRow();
    }
}
