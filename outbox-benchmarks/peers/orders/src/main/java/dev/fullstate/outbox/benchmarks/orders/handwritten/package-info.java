/**
 * The outbox as it is written by hand. In comes the state of an order, out goes a row in the same transaction.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.handwritten;

import org.jspecify.annotations.NullMarked;
