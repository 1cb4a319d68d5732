/** An order application under load. Commands go in on standard input; figures come out on standard output. */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders;

import org.jspecify.annotations.NullMarked;
