package dev.fullstate.outbox.jobs;

import org.jspecify.annotations.Nullable;

/**
 * The progress that a chunk has made; its counts are added to the slice's.
 *
 * @param pass that comes next
 * @param lastId the last id that the pass has dealt with; null from the beginning of the pass
 * @param done aggregates that the job has done what it is for
 * @param pending aggregates that it keeps to deal with later; negative for those that it no longer keeps
 * @param skipped aggregates that no longer existed
 * @param failed aggregates that it has given up
 */
public record Step(String pass, @Nullable String lastId, long done, long pending, long skipped, long failed) {

    /** A step that goes to the beginning of a pass, and has done nothing. */
    public static Step to(String pass) {
        return new Step(pass, null, 0, 0, 0, 0);
    }
}
