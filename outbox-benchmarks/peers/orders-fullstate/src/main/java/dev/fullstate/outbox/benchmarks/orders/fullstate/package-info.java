/** The starter's republish jobs in the order application. Commands go in; the progress of a job comes out. */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders.fullstate;

import org.jspecify.annotations.NullMarked;
