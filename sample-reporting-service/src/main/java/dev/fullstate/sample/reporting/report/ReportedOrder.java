package dev.fullstate.sample.reporting.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/** An order in the report. */
record ReportedOrder(
        UUID orderId,
        long entityVersion,
        String customerId,
        String status,
        int itemCount,
        BigDecimal totalAmount,
        Instant lastUpdated) {}
