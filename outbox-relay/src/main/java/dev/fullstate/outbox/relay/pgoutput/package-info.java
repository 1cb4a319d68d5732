/**
 * PostgreSQL's logical replication messages. Bytes of the output plugin {@code pgoutput}, protocol version 1, go in;
 * values come out. Nothing here reads, logs or remembers.
 */
@NullMarked
package dev.fullstate.outbox.relay.pgoutput;

import org.jspecify.annotations.NullMarked;
