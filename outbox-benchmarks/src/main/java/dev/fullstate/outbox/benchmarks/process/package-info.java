/**
 * JVMs of their own and their resources. Command lines go in; processes with their processor time and memory come out.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.process;

import org.jspecify.annotations.NullMarked;
