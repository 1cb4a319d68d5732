/**
 * The report. Figures go in; the JSON file of results, the tables, the chart, and the parts of the documentation that show them
 * come out.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.report;

import org.jspecify.annotations.NullMarked;
