package dev.fullstate.outbox.republish;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A request to republish aggregates. The start of the job shows whether types and ids are known.
 *
 * @param aggregateTypes the types; empty for every captured one
 * @param ids of the aggregates, in the text form that is the key of their events, of exactly one type; null for all
 * @param changedSince only aggregates with an event of a change since then, which the outbox must still hold; null for all
 * @param ratePerSecond aggregates per second at most, over all instances; null for no limit
 * @param dryRun whether the job only counts
 * @param tombstones whether a named aggregate that does not exist gets a delete event
 */
public record RepublishRequest(
        List<String> aggregateTypes,
        @Nullable List<String> ids,
        @Nullable Instant changedSince,
        @Nullable Integer ratePerSecond,
        boolean dryRun,
        boolean tombstones) {

    /** Maximum number of ids that a request may name. */
    public static final int MAX_IDS = 10_000;

    /** @throws InvalidRepublishRequestException if the values do not go together */
    public RepublishRequest {
        aggregateTypes = List.copyOf(aggregateTypes);
        ids = ids == null ? null : List.copyOf(ids);
        require(
                ids == null || (!ids.isEmpty() && ids.size() <= MAX_IDS),
                "'ids' must have between 1 and " + MAX_IDS + " ids; leave it out for all");
        require(
                ids == null || aggregateTypes.size() == 1,
                "'ids' are those of one type, so 'aggregateTypes' must name exactly one");
        require(ids == null || changedSince == null, "'ids' and 'changedSince' cannot be given together");
        require(
                !tombstones || ids != null,
                "'tombstones' are written for named aggregates only, so 'ids' must be given");
        require(ratePerSecond == null || ratePerSecond >= 1, "'ratePerSecond' must be at least 1");
    }

    /** Requests all aggregates of these types; of every captured type, if none is named. */
    public static RepublishRequest ofTypes(List<String> aggregateTypes) {
        return new RepublishRequest(aggregateTypes, null, null, null, false, false);
    }

    /** Requests these aggregates of a type. */
    public static RepublishRequest ofIds(String aggregateType, List<String> ids) {
        return new RepublishRequest(List.of(aggregateType), ids, null, null, false, false);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new InvalidRepublishRequestException(message);
        }
    }
}
