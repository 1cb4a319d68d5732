/**
 * What arrived in a topic. In come records, out go counts, times and the proof that nothing was lost, repeated or put out of
 * order.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.arrival;

import org.jspecify.annotations.NullMarked;
