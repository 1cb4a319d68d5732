package dev.fullstate.outbox.relay.wal;

import dev.fullstate.outbox.contract.OutboxNames;

/**
 * The publication as it was found. Two that are equal are the same one, unchanged in between: whatever was done to it has left
 * a new version of its catalog rows.
 *
 * @param version of the catalog rows of publication, table and the table's membership
 * @param names the outbox table that it publishes, and what belongs to it
 */
record Publication(String version, OutboxNames names) {}
