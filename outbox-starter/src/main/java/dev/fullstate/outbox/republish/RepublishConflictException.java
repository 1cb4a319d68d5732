package dev.fullstate.outbox.republish;

/** What was asked for does not go together with a job as it stands. Nothing has changed. */
public final class RepublishConflictException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final transient RepublishJob job;

    RepublishConflictException(String message, RepublishJob job) {
        super(message);
        this.job = job;
    }

    /** The job that is in the way, or that is in the wrong state. */
    public RepublishJob job() {
        return job;
    }
}
