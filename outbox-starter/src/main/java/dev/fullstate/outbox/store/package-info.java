/**
 * Writes to the outbox. In come {@link dev.fullstate.outbox.contract.OutboxEvent}s, out go rows of the outbox table, through the
 * connection of the business transaction. Work outside of business transactions gets transactions of its own.
 */
@NullMarked
package dev.fullstate.outbox.store;

import org.jspecify.annotations.NullMarked;
