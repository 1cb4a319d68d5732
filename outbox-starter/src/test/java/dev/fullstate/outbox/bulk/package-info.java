/** Aggregates that bulk statements and SQL change without capture. */
package dev.fullstate.outbox.bulk;
