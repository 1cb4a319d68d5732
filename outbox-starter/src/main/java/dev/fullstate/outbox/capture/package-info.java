/**
 * Finds the aggregates that a transaction changes. In come Hibernate's events, which only leave marks; out goes, once per
 * transaction and right before its commit, a list of {@link dev.fullstate.outbox.capture.AggregateChange} with the state that
 * each root will have once committed.
 */
@NullMarked
package dev.fullstate.outbox.capture;

import org.jspecify.annotations.NullMarked;
