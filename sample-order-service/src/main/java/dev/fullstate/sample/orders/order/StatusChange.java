package dev.fullstate.sample.orders.order;

import java.time.Instant;

import jakarta.persistence.Embeddable;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;

/** The status that an order reached at a time. */
@Embeddable
record StatusChange(@Enumerated(EnumType.STRING) OrderStatus status, Instant timestamp) {}
