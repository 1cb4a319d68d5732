package dev.fullstate.sample.orders.order;

/** The stations of an order, in the order in which it passes them. */
enum OrderStatus {
    CREATED,
    PAID,
    DELIVERING,
    DELIVERED
}
