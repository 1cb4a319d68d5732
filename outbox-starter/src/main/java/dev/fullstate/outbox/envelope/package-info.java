/**
 * Turns changed aggregates into events. {@link dev.fullstate.outbox.capture.AggregateChange}s go in; {@link
 * dev.fullstate.outbox.contract.OutboxEvent}s come out: CloudEvents attributes around the root's state as JSON.
 */
@NullMarked
package dev.fullstate.outbox.envelope;

import org.jspecify.annotations.NullMarked;
