/**
 * The programs that compete: ours, the peers and the limits. In comes a pipeline from a slot to a topic, out goes a running JVM.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
