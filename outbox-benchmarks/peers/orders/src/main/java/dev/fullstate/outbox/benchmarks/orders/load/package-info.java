/** The loads on the applications. A command goes in; its figures come out. */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.load;

import org.jspecify.annotations.NullMarked;
