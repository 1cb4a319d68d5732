package dev.fullstate.sample.orders.order;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** An order as the API shows it: the shape of the event's data, but a contract of its own. */
record OrderView(
        UUID orderId,
        Customer customer,
        List<Item> items,
        OrderStatus status,
        List<StatusChange> statusHistory,
        ShippingDetails shippingDetails,
        BigDecimal totalAmount,
        Instant lastUpdated) {

    record Item(String productId, int quantity, BigDecimal price) {

        static Item of(OrderItem item) {
            return new Item(item.productId(), item.quantity(), item.price());
        }
    }

    static OrderView of(Order order) {
        return new OrderView(
                order.orderId(),
                order.customer(),
                order.items().stream().map(Item::of).toList(),
                order.status(),
                order.statusHistory(),
                order.shippingDetails(),
                order.totalAmount(),
                order.lastUpdated());
    }
}
