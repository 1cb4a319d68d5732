package dev.fullstate.outbox.relay.wal;

/**
 * The publication as it was found. Two that are equal are the same one, unchanged in between: whatever was done to it has left
 * a new version of its catalog rows.
 *
 * @param version of the catalog rows of publication, table and the table's membership
 * @param table the outbox table, quoted and with its schema
 * @param relays the table beside it in which relays note what is published, quoted and with its schema
 */
record Publication(String version, String table, String relays) {}
