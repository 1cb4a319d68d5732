package dev.fullstate.sample.reporting.report;

import java.math.BigDecimal;

/** What the orders in one status are worth. */
record Revenue(String status, long orderCount, BigDecimal totalAmount) {}
