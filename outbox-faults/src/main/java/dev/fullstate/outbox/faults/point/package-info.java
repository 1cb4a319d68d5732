/**
 * Failure points: every call that the relay makes on PostgreSQL's or Kafka's side, before and after it. In come commands to halt,
 * to hold or to throw there, out goes word when it happens.
 */
@NullMarked
package dev.fullstate.outbox.faults.point;

import org.jspecify.annotations.NullMarked;
