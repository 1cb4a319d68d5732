/**
 * Committed transactions. In come the messages of the replication stream, out go the events that each transaction inserted
 * into the outbox, in the order of commits, between its begin and its end.
 */
@NullMarked
package dev.fullstate.outbox.relay.transaction;

import org.jspecify.annotations.NullMarked;
