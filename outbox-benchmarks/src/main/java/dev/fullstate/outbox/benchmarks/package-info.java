/**
 * The benchmark of the relay, its peers and the limits. Parameters go in; reproducible results come out.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks;

import org.jspecify.annotations.NullMarked;
