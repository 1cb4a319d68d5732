/**
 * The domain, the same in all applications. In comes the id of an order, out goes the order as the transaction committed it.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.order;

import org.jspecify.annotations.NullMarked;
