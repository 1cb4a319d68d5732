package dev.fullstate.outbox.benchmarks.orders.order;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The full state of an order, as applications that publish on their own account publish it. The starter writes the same JSON from the
 * entity, except for the version, which it puts into a header.
 */
public record OrderState(
        long id,
        long version,
        String customer,
        String email,
        String shippingAddress,
        String status,
        String note,
        Instant placedAt,
        int deliveryAttempts,
        List<Item> items) {

    /**
     * A product of the order.
     *
     * @param id {@code null} before the item is saved
     */
    public record Item(@Nullable Long id, String productId, String name, int quantity, BigDecimal price) {}
}
