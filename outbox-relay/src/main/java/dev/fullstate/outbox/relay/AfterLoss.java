package dev.fullstate.outbox.relay;

/** What becomes of aggregates of which consumers have events that the database has lost. */
public enum AfterLoss {
    /** They are named, and a republish job for them waits until somebody resumes it. */
    REPORT,
    /** They are named, and republished at once. */
    REPUBLISH
}
