/** JVMs that tests kill, stop and hold up. Command lines go in; processes and the ends of their logs come out. */
@NullMarked
package dev.fullstate.outbox.harness.process;

import org.jspecify.annotations.NullMarked;
