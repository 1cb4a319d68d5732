/**
 * Wiring, in the order in which a change flows: capture, envelope, store; beside them retention, and republish with its admin
 * endpoint. In come the application's properties and its entity manager factory, out goes nothing that applications need to
 * import.
 */
@NullMarked
package dev.fullstate.outbox.autoconfigure;

import org.jspecify.annotations.NullMarked;
