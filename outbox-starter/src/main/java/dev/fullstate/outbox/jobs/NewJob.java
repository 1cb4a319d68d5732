package dev.fullstate.outbox.jobs;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a new job is asked for.
 *
 * @param types whose aggregates it works through
 * @param ids of the aggregates of exactly one type, each once, sorted and as text; null for all
 * @param ratePerSecond aggregates per second at most, over all instances; null for no limit
 * @param dryRun whether it only counts
 * @param parameters what only this kind of job is asked for, a JSON object
 */
public record NewJob(
        List<String> types,
        @Nullable List<String> ids,
        @Nullable Integer ratePerSecond,
        boolean dryRun,
        String parameters) {

    public NewJob {
        types = List.copyOf(types);
        ids = ids == null ? null : List.copyOf(ids);
    }
}
