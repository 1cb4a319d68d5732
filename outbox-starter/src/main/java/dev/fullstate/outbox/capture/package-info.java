/**
 * Finds the aggregates that a transaction changes. Hibernate's events go in, which only leave marks; a list of {@link
 * dev.fullstate.outbox.capture.AggregateChange} comes out, once per transaction and right before its commit, with the state that
 * each root will have once committed.
 */
@NullMarked
package dev.fullstate.outbox.capture;

import org.jspecify.annotations.NullMarked;
