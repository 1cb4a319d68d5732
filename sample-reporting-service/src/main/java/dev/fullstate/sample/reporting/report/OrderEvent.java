package dev.fullstate.sample.reporting.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/** What an event says of one order: how it is, as a whole, or that it is gone. */
public sealed interface OrderEvent {

    UUID orderId();

    /** {@return a number that is higher than that of every earlier event of the order} */
    long sequence();

    /** The order exists, and this is what the report needs of it. */
    record State(
            UUID orderId,
            long sequence,
            long entityVersion,
            String customerId,
            String status,
            int itemCount,
            BigDecimal totalAmount,
            Instant lastUpdated)
            implements OrderEvent {}

    /** The order does not exist any more. */
    record Deletion(UUID orderId, long sequence) implements OrderEvent {}
}
