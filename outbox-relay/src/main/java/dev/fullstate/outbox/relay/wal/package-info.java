/**
 * PostgreSQL's side of the relay: connections, publication, replication slot, stream. In come the bytes of the WAL's logical
 * replication stream (and, once, the rows that are older than the slot), back go the position that need not be kept and a note
 * of what is published.
 */
@NullMarked
package dev.fullstate.outbox.relay.wal;

import org.jspecify.annotations.NullMarked;
