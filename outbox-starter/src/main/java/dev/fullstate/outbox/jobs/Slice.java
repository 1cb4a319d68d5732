package dev.fullstate.outbox.jobs;

import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The share of a job for one aggregate type, or for one range of its ids, as far as it has come.
 *
 * @param job whose slice it is
 * @param aggregateType whose aggregates it has
 * @param number among the slices of the type; only the first one, 0, counts
 * @param pass that the next chunk belongs to
 * @param lastId the last id, as text, that the pass has dealt with; null before the first
 * @param endId the last id, as text, of the slice; null if it is open
 * @param limit number of aggregates that a chunk may have
 * @param named whether the request named the aggregates
 * @param dryRun whether they are only counted
 * @param parameters that only this kind of job has, as JSON
 */
public record Slice(
        UUID job,
        String aggregateType,
        int number,
        String pass,
        @Nullable String lastId,
        @Nullable String endId,
        int limit,
        boolean named,
        boolean dryRun,
        String parameters) {

    /** The pass that a type begins with, in which its aggregates are counted. It does not wait for the rate. */
    public static final String COUNT = "COUNT";

    /** The pass that deals with the aggregates that a request names. */
    public static final String NAMED = "NAMED";

    /** The last pass: nothing is left. */
    public static final String DONE = "DONE";
}
