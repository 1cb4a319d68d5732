package dev.fullstate.outbox.relay.wal;

import dev.fullstate.outbox.contract.OutboxTable;

/**
 * The publication as it was found. Two that are equal are the same one, unchanged in between: whatever was done to it has left
 * a new version of its catalog rows.
 *
 * @param version of the catalog rows of publication, table and the table's membership
 * @param table the outbox table, quoted and with its schema
 * @param schema in which it lies with the tables that belong to it, quoted
 */
record Publication(String version, String table, String schema) {

    /** The table in which relays note what is published, quoted and with its schema. */
    String relays() {
        return beside(OutboxTable.RELAYS);
    }

    /** A table that belongs to the outbox, quoted and with its schema. */
    String beside(String name) {
        return schema + "." + name;
    }
}
