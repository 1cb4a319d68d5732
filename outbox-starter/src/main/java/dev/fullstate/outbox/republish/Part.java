package dev.fullstate.outbox.republish;

import java.time.OffsetDateTime;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What a job has to do for one aggregate type, or for one range of its ids, as far as it has come.
 *
 * @param job whose part it is
 * @param aggregateType what it republishes
 * @param range its number; only the first one counts
 * @param pass what is done now
 * @param lastId the last id that the scan or the list of named ones has dealt with, as text; null before the first
 * @param endId the last id, as text, of the range; null if it is open
 * @param limit aggregates that a chunk may have
 * @param named whether the request named the aggregates
 * @param changedSince only aggregates that changed since then; null for all
 * @param dryRun whether they are only counted
 * @param tombstones whether those that do not exist get a delete event
 */
record Part(
        UUID job,
        String aggregateType,
        int range,
        Pass pass,
        @Nullable String lastId,
        @Nullable String endId,
        int limit,
        boolean named,
        @Nullable OffsetDateTime changedSince,
        boolean dryRun,
        boolean tombstones) {

    /** Whether it is about every aggregate of the type, and publishes them. */
    boolean isOfAll() {
        return !named && changedSince == null && !dryRun;
    }

    /** The passes of a part, in their order; SCAN or NAMED. */
    enum Pass {
        /** How many are there? Those that have changed are written down here. */
        COUNT,
        /** All of them, page by page. */
        SCAN,
        /** Those that are written down, page by page. */
        NAMED,
        /** One by one, waiting for each: those that others had locked, and those of chunks that failed. */
        CONTENDED,
        /** One by one, those that got a delete event: somebody may just have been creating them. */
        SECOND_LOOK,
        /** Nothing is left. */
        DONE
    }

    /**
     * What a chunk has done; its counts are added to the part's.
     *
     * @param pass what comes next
     * @param lastId from where on
     */
    record Step(Pass pass, @Nullable String lastId, long published, long pending, long skipped, long failed) {

        static Step to(Pass pass) {
            return new Step(pass, null, 0, 0, 0, 0);
        }
    }
}
