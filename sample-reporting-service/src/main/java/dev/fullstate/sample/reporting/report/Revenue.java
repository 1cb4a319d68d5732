package dev.fullstate.sample.reporting.report;

import java.math.BigDecimal;

/** The number and the value of the orders in one status. */
record Revenue(String status, long orderCount, BigDecimal totalAmount) {}
