package dev.fullstate.outbox.republish;

/** The passes of a slice, in their order; SCAN or NAMED. */
enum RepublishPass {
    /** Counts the aggregates. Those that have changed are written down here. */
    COUNT,
    /** All of them, page by page. */
    SCAN,
    /** Those that are written down, page by page. */
    NAMED,
    /** One by one, waiting for each: those that others had locked, and those of chunks that failed. */
    CONTENDED,
    /** One by one, those that got a delete event: another transaction may just have been creating them (ADR 7). */
    SECOND_LOOK,
    /** Nothing is left. */
    DONE
}
