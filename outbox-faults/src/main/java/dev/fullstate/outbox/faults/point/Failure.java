package dev.fullstate.outbox.faults.point;

/** The fault at a failure point. */
public enum Failure {
    /** The JVM ends as if it were killed. */
    HALT,
    /** The thread waits until it is released. */
    HOLD,
    /** The call fails as if the server could not be reached. */
    THROW
}
