/**
 * What was measured. In come figures, out go the JSON file of results, the tables, the chart, and the parts of the
 * documentation that show them.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.report;

import org.jspecify.annotations.NullMarked;
