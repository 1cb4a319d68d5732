/**
 * The relay as a process of its own. Settings and commands go in; its health and the points that it has reached come out.
 */
@NullMarked
package dev.fullstate.outbox.faults.relay;

import org.jspecify.annotations.NullMarked;
