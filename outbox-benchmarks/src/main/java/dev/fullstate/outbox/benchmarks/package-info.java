/**
 * The benchmark of the relay, its peers and the limits. In come parameters, out go results that anyone can make again.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks;

import org.jspecify.annotations.NullMarked;
