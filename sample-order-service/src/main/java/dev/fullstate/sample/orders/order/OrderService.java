package dev.fullstate.sample.orders.order;

import java.time.Clock;
import java.util.UUID;
import java.util.function.Consumer;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** The operations on orders, each in one transaction. */
@Service
@Transactional
class OrderService {

    private final OrderRepository orders;
    private final Clock clock;

    OrderService(OrderRepository orders, Clock clock) {
        this.orders = orders;
        this.clock = clock;
    }

    OrderView place(NewOrder request) {
        Order order = new Order(request.customer(), request.shippingAddress(), clock.instant());
        request.items().forEach(item -> order.add(item.productId(), item.quantity(), item.price()));
        return OrderView.of(orders.save(order));
    }

    /** Reads with isolation repeatable read, because three statements read an order and have to see the same version. */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    OrderView get(UUID orderId) {
        return orders.findById(orderId).map(OrderView::of).orElseThrow(() -> NotFoundException.order(orderId));
    }

    OrderView pay(UUID orderId) {
        return change(orderId, order -> order.pay(clock.instant()));
    }

    OrderView ship(UUID orderId, String carrier) {
        return change(orderId, order -> order.ship(carrier, clock.instant()));
    }

    OrderView deliver(UUID orderId) {
        return change(orderId, order -> order.deliver(clock.instant()));
    }

    OrderView changeQuantity(UUID orderId, String productId, int quantity) {
        return change(orderId, order -> order.changeQuantity(productId, quantity));
    }

    void delete(UUID orderId) {
        orders.delete(locked(orderId));
    }

    private OrderView change(UUID orderId, Consumer<Order> change) {
        Order order = locked(orderId);
        change.accept(order);
        return OrderView.of(order);
    }

    private Order locked(UUID orderId) {
        return orders.findLockedByOrderId(orderId).orElseThrow(() -> NotFoundException.order(orderId));
    }
}
