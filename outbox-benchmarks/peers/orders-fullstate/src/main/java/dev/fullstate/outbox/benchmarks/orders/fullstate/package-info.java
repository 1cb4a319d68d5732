/**
 * The starter's republish jobs in the order application. In come commands, out goes how far a job is.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.fullstate;

import org.jspecify.annotations.NullMarked;
