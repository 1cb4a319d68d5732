/** The domain, the same in all applications. The id of an order goes in; the order as the transaction committed it comes out. */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.order;

import org.jspecify.annotations.NullMarked;
