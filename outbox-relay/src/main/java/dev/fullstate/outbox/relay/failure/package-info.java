/**
 * What can go wrong on either side, in one place. In comes what PostgreSQL's driver or Kafka's clients report, out goes what it
 * asks of the relay and what mends it.
 */
@NullMarked
package dev.fullstate.outbox.relay.failure;

import org.jspecify.annotations.NullMarked;
