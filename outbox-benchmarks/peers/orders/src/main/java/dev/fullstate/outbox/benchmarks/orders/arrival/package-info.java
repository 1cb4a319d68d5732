/**
 * What became of the committed changes. In come commits and the topic's records, out go counts and latencies.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.arrival;

import org.jspecify.annotations.NullMarked;
