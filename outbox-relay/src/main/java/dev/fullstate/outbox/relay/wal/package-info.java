/**
 * PostgreSQL's side of the relay: connections, publication, replication slot, stream. The bytes of the WAL's logical
 * replication stream come in (and, in a fill, rows of the table); the confirmed position and a note of what is published go back.
 */
@NullMarked
package dev.fullstate.outbox.relay.wal;

import org.jspecify.annotations.NullMarked;
