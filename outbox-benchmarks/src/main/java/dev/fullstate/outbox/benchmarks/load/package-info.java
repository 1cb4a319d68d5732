/**
 * Rows for the outbox. In come counts, sizes and rates, out go committed transactions.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.load;

import org.jspecify.annotations.NullMarked;
