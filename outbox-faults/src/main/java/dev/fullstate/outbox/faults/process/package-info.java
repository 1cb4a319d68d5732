/**
 * JVMs of their own, to be killed, stopped and held up. In come command lines, out go processes and the end of their logs.
 */
@NullMarked
package dev.fullstate.outbox.faults.process;

import org.jspecify.annotations.NullMarked;
