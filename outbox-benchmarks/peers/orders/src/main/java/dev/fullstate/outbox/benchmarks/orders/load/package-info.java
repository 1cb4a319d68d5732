/**
 * What the applications are put under. In comes a command, out go its figures.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.load;

import org.jspecify.annotations.NullMarked;
