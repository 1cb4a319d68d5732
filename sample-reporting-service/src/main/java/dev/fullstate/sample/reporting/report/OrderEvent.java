package dev.fullstate.sample.reporting.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/** An event of one order: its whole state, or its deletion. */
public sealed interface OrderEvent {

    UUID orderId();

    /** {@return a number that is higher than that of every earlier event of the order} */
    long sequence();

    /** The order exists, with these values for the report. */
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

    /** The order no longer exists. */
    record Deletion(UUID orderId, long sequence) implements OrderEvent {}
}
