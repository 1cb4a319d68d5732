package dev.fullstate.outbox.republish;

import dev.fullstate.outbox.jobs.JobConflictException;

/** A request does not go together with a job as it stands. Nothing has changed. */
public final class RepublishConflictException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final transient RepublishJob job;

    RepublishConflictException(JobConflictException conflict) {
        super(conflict.getMessage(), conflict);
        this.job = RepublishJob.of(conflict.job());
    }

    /** Returns the job that is in the way, or that is in the wrong state. */
    public RepublishJob job() {
        return job;
    }
}
