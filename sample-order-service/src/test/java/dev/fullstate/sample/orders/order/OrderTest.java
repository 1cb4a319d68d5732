package dev.fullstate.sample.orders.order;

import java.math.BigDecimal;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OrderTest {

    private static final Instant MONDAY = Instant.parse("2026-11-16T08:00:00Z");
    private static final Instant TUESDAY = Instant.parse("2026-11-17T08:00:00Z");

    private final Order order = new Order(new Customer("c-1", "Ada", "ada@example.com"), "1 Main Street", MONDAY);

    @Test
    void totalIsExact() {
        order.add("tenth", 3, new BigDecimal("0.1"));
        order.add("million", 1_000_000_000, new BigDecimal("9999999999.99"));

        assertThat(order.totalAmount()).isEqualTo("9999999999990000000.30");
    }

    @Test
    void priceHasTheScaleOfTheDatabase() {
        order.add("p-1", 1, new BigDecimal("2E+1"));

        assertThat(order.items())
                .singleElement()
                .satisfies(item -> assertThat(item.price()).isEqualTo("20.00"));
    }

    @Test
    void priceIsNeverRounded() {
        assertThatThrownBy(() -> order.add("p-1", 1, new BigDecimal("0.001"))).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void historyStartsWithTheCreation() {
        assertThat(order.statusHistory()).containsExactly(new StatusChange(OrderStatus.CREATED, MONDAY));
        assertThat(order.lastUpdated()).isEqualTo(MONDAY);
    }

    @Test
    void statusChangeIsRemembered() {
        order.pay(TUESDAY);

        assertThat(order.status()).isEqualTo(OrderStatus.PAID);
        assertThat(order.lastUpdated()).isEqualTo(TUESDAY);
        assertThat(order.statusHistory())
                .containsExactly(
                        new StatusChange(OrderStatus.CREATED, MONDAY), new StatusChange(OrderStatus.PAID, TUESDAY));
    }

    @Test
    void refusedStatusChangeChangesNothing() {
        assertThatThrownBy(() -> order.ship("DHL", TUESDAY))
                .isInstanceOf(WrongStatusException.class)
                .hasMessageContainingAll(order.orderId().toString(), "CREATED", "PAID", "DELIVERING");

        assertThat(order.status()).isEqualTo(OrderStatus.CREATED);
        assertThat(order.lastUpdated()).isEqualTo(MONDAY);
        assertThat(order.statusHistory()).hasSize(1);
        assertThat(order.shippingDetails().carrier()).isNull();
    }
}
