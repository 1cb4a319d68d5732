/** Aggregates that bulk statements and SQL change past the capture. */
package dev.fullstate.outbox.bulk;
