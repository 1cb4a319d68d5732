/**
 * The relay as a process of its own. In come settings and commands, out go its health and the points that it has come to.
 */
@NullMarked
package dev.fullstate.outbox.faults.relay;

import org.jspecify.annotations.NullMarked;
