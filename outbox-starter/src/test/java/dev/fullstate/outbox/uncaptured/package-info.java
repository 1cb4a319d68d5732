/** Entities that nobody wants to be published. */
package dev.fullstate.outbox.uncaptured;
