/**
 * Where events are kept until the relay has them. In come {@link dev.fullstate.outbox.contract.OutboxEvent}s, out go rows of
 * the outbox table, through the connection of the business transaction.
 */
@NullMarked
package dev.fullstate.outbox.store;

import org.jspecify.annotations.NullMarked;
