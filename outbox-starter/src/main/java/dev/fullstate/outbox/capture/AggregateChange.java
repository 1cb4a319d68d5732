package dev.fullstate.outbox.capture;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.contract.Operation;

/**
 * A change of one aggregate by one transaction.
 *
 * @param aggregate the aggregate that the root belongs to
 * @param id the text form of the root's id
 * @param operation the sum of all that the transaction did
 * @param root the root entity with everything that it owns, as it will be committed; null for a delete. It is valid while the
 *     session that it comes from is open
 * @param version the root's version with that state; for a delete, the last committed version, or null if it is not known
 */
public record AggregateChange(
        Aggregate aggregate,
        String id,
        Operation operation,
        @Nullable Object root,
        @Nullable Long version) {}
