/** Aggregates that mappings hide, in part or as a whole: soft deletes, restrictions and filters. */
package dev.fullstate.outbox.hidden;
