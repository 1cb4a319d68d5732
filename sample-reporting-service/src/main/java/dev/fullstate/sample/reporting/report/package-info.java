/**
 * The report: one row per order, and what is asked of them. In come events in any order and any number of times, out go the rows that the
 * newest of them leave.
 */
@NullMarked
package dev.fullstate.sample.reporting.report;

import org.jspecify.annotations.NullMarked;
