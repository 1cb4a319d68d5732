/**
 * Turns changed aggregates into events. In come {@link dev.fullstate.outbox.capture.AggregateChange}s, out go {@link
 * dev.fullstate.outbox.contract.OutboxEvent}s: CloudEvents attributes around the root's state as JSON.
 */
@NullMarked
package dev.fullstate.outbox.envelope;

import org.jspecify.annotations.NullMarked;
