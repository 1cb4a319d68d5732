/** Entities without the annotation. */
package dev.fullstate.outbox.uncaptured;
