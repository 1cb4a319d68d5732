package dev.fullstate.outbox.capture;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.contract.Operation;

/**
 * What one transaction did to one aggregate.
 *
 * @param aggregate which kind
 * @param id the text form of the root's id
 * @param operation what happened, all in all
 * @param root the root entity with everything it owns, as it will be committed; null for a delete. Valid while the session
 *     that it comes from is open
 * @param version the root's version with that state; of a deleted root the last one
 */
public record AggregateChange(
        Aggregate aggregate,
        String id,
        Operation operation,
        @Nullable Object root,
        @Nullable Long version) {}
