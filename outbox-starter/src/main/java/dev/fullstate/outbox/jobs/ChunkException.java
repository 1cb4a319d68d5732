package dev.fullstate.outbox.jobs;

/** A chunk could not be done; nothing of it is written. */
final class ChunkException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Subject subject;
    private final RuntimeException failure;

    ChunkException(Subject subject, RuntimeException failure) {
        super(failure);
        this.subject = subject;
        this.failure = failure;
    }

    Subject subject() {
        return subject;
    }

    RuntimeException failure() {
        return failure;
    }
}
