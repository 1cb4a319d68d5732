package dev.fullstate.outbox.benchmarks.cases;

/** A contender ended, or did not finish its job in time. */
final class UnfinishedException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    UnfinishedException(String message) {
        super(message);
    }
}
