/** Positions and how far the relay is. Every stage speaks of them, and they know of no stage: values go in and come out. */
@NullMarked
package dev.fullstate.outbox.relay.position;

import org.jspecify.annotations.NullMarked;
