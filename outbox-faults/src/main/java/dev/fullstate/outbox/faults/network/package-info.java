/**
 * The network between two processes. Connections go in, and come out at their target, unless the link is cut, held up,
 * throttled or a black hole.
 */
@NullMarked
package dev.fullstate.outbox.faults.network;

import org.jspecify.annotations.NullMarked;
