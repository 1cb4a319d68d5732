/**
 * JVMs of their own and what they use. In come command lines, out go processes with their processor time and memory.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.process;

import org.jspecify.annotations.NullMarked;
