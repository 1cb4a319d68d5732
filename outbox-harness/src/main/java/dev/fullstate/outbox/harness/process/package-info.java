/**
 * JVMs of their own, to be killed, stopped and held up. Command lines come in; processes and the ends of their logs go out.
 */
@NullMarked
package dev.fullstate.outbox.harness.process;

import org.jspecify.annotations.NullMarked;
