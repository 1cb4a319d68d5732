/**
 * The programs that compete: ours, the peers and the limits. A pipeline from a slot to a topic goes in, a running JVM comes out.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
