/**
 * Wires the stages in the order in which a change flows: capture, envelope, store; beside them retention, and republish with its
 * admin endpoint. The application's properties and its entity manager factories go in; beans come out, none of a type that
 * applications need to import from here.
 */
@NullMarked
package dev.fullstate.outbox.autoconfigure;

import org.jspecify.annotations.NullMarked;
