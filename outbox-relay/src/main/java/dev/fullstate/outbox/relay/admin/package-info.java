/**
 * The relay for operators, over HTTP. Requests go in, from callers that may make them; what is parked, and commands for the relay that has
 * the slot, come out.
 */
@NullMarked
package dev.fullstate.outbox.relay.admin;

import org.jspecify.annotations.NullMarked;
