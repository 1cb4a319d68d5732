/**
 * An order application under load. In come commands on standard input, out go figures on standard output.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.orders;

import org.jspecify.annotations.NullMarked;
