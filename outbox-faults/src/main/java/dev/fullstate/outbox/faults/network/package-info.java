/**
 * The network between two processes. In come connections, out they go to where they should, unless the link is cut, held up,
 * throttled or a black hole.
 */
@NullMarked
package dev.fullstate.outbox.faults.network;

import org.jspecify.annotations.NullMarked;
