/**
 * The arrival of events in a topic. Records go in; counts, times and the proof that no event was lost, repeated or out of order come
 * out.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.arrival;

import org.jspecify.annotations.NullMarked;
