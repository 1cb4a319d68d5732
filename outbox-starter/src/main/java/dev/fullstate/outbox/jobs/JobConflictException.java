package dev.fullstate.outbox.jobs;

/** A request does not go together with a job as it stands. Nothing has changed. */
public final class JobConflictException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final transient Job job;

    JobConflictException(String message, Job job) {
        super(message);
        this.job = job;
    }

    /** Returns the job that is in the way, or that is in the wrong state. */
    public Job job() {
        return job;
    }
}
