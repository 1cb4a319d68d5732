/**
 * Finds the aggregates that a transaction changes. Hibernate's events come in, which only leave marks; a list of {@link
 * dev.fullstate.outbox.capture.AggregateChange} goes out, once per transaction and right before its commit, with the state that
 * each root will have once committed.
 */
@NullMarked
package dev.fullstate.outbox.capture;

import org.jspecify.annotations.NullMarked;
