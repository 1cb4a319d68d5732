package dev.fullstate.outbox.relay;

/** The treatment of aggregates of which consumers have events that the database has lost. */
public enum AfterLoss {
    /** The relay names them, and its republish job for them waits until an operator resumes it. */
    REPORT,
    /** The relay names them, and its republish job for them runs at once. */
    REPUBLISH
}
