package dev.fullstate.sample.orders.order;

/** The statuses of an order, in the sequence in which it passes them. */
enum OrderStatus {
    CREATED,
    PAID,
    DELIVERING,
    DELIVERED
}
