/**
 * Determines the position that may be confirmed to PostgreSQL. The ends of transactions go in as they are received, in order, and
 * published events, in any order; the position up to which everything is published comes out.
 */
@NullMarked
package dev.fullstate.outbox.relay.acknowledge;

import org.jspecify.annotations.NullMarked;
