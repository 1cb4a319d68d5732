/**
 * Writes to the outbox. {@link dev.fullstate.outbox.contract.OutboxEvent}s go in; rows of the outbox table come out, through the
 * connection of the business transaction. Work outside of business transactions gets transactions of its own.
 */
@NullMarked
package dev.fullstate.outbox.store;

import org.jspecify.annotations.NullMarked;
