/**
 * Committed transactions. The messages of the replication stream go in; the events that each transaction inserted into the outbox
 * come out, in the order of commits, between its begin and its end.
 */
@NullMarked
package dev.fullstate.outbox.relay.transaction;

import org.jspecify.annotations.NullMarked;
