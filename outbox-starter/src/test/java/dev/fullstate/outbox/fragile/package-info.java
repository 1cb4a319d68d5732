/** An aggregate whose state can be made impossible to write. */
package dev.fullstate.outbox.fragile;
