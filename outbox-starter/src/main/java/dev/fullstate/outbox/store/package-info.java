/**
 * Where events are kept until the relay has them. In come {@link dev.fullstate.outbox.contract.OutboxEvent}s, out go rows of
 * the outbox table, through the connection of the business transaction. What is published and old goes again, a day at a time.
 */
@NullMarked
package dev.fullstate.outbox.store;

import org.jspecify.annotations.NullMarked;
