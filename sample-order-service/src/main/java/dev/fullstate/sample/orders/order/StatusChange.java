package dev.fullstate.sample.orders.order;

import java.time.Instant;

import jakarta.persistence.Embeddable;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;

/** A status, and the time at which an order reached it. */
@Embeddable
record StatusChange(@Enumerated(EnumType.STRING) OrderStatus status, Instant timestamp) {}
