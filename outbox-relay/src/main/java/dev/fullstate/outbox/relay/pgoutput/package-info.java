/**
 * PostgreSQL's logical replication messages. In come the bytes that the output plugin {@code pgoutput} wrote, protocol
 * version 1, out go values; nothing here reads, logs or remembers.
 */
@NullMarked
package dev.fullstate.outbox.relay.pgoutput;

import org.jspecify.annotations.NullMarked;
