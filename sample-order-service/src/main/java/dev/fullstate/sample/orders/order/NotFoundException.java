package dev.fullstate.sample.orders.order;

import java.util.UUID;

/** A request names an order, or an item of it, that does not exist. */
final class NotFoundException extends RuntimeException {

    private NotFoundException(String message) {
        super(message);
    }

    static NotFoundException order(UUID orderId) {
        return new NotFoundException("There is no order %s".formatted(orderId));
    }

    static NotFoundException item(UUID orderId, String productId) {
        return new NotFoundException("Order %s has no item of product '%s'".formatted(orderId, productId));
    }
}
