/** The arrival of committed changes. Commits and the topic's records go in; counts and latencies come out. */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.arrival;

import org.jspecify.annotations.NullMarked;
