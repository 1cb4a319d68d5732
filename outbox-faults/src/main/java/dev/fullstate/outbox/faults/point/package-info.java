/**
 * Failure points: every call that the relay makes on PostgreSQL's or Kafka's side, before and after it. Commands to halt,
 * to hold or to throw there go in, reports of these events come out.
 */
@NullMarked
package dev.fullstate.outbox.faults.point;

import org.jspecify.annotations.NullMarked;
