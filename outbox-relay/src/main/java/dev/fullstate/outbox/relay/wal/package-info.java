/**
 * PostgreSQL's side of the relay: connections, publication, replication slot, stream. The bytes of the WAL's logical replication stream
 * (and, in a fill, rows of the table) come out of it; the confirmed position and a note of the published transactions go back.
 */
@NullMarked
package dev.fullstate.outbox.relay.wal;

import org.jspecify.annotations.NullMarked;
