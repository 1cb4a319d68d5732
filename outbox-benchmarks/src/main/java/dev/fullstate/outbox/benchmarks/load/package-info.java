/**
 * Rows for the outbox. Counts, sizes and rates go in, committed transactions come out.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.load;

import org.jspecify.annotations.NullMarked;
