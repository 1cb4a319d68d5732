/**
 * How a change is said. In come changed aggregates, out go {@link dev.fullstate.outbox.contract.OutboxEvent}s: CloudEvents
 * attributes around the root's state as JSON.
 */
@NullMarked
package dev.fullstate.outbox.envelope;

import org.jspecify.annotations.NullMarked;
