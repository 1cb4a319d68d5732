/**
 * What may be confirmed to PostgreSQL. In come the ends of transactions as they are received, in order, and what is published, in any order; out
 * goes the position up to which everything is published.
 */
@NullMarked
package dev.fullstate.outbox.relay.acknowledge;

import org.jspecify.annotations.NullMarked;
