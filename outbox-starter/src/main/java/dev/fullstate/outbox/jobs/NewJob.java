package dev.fullstate.outbox.jobs;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A request for a new job.
 *
 * @param types whose aggregates it works through
 * @param ids of the aggregates of exactly one type, each once, sorted and as text; null for all
 * @param ratePerSecond aggregates per second at most, over all instances; null for no limit
 * @param dryRun whether it only counts
 * @param parameters that only this kind of job has, a JSON object
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
