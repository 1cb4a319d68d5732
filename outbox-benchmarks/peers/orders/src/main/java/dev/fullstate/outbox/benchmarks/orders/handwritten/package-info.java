/** An outbox written by hand. The state of an order goes in; a row in the same transaction comes out. */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.handwritten;

import org.jspecify.annotations.NullMarked;
