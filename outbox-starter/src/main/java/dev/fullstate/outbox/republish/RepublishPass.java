package dev.fullstate.outbox.republish;

/** The passes of a slice, in their order; SCAN or NAMED. */
enum RepublishPass {
    /** The aggregates are counted. Those that have changed are written down here. */
    COUNT,
    /** All aggregates, page by page. */
    SCAN,
    /** The aggregates that are written down, page by page. */
    NAMED,
    /** The aggregates that others had locked, and those of chunks that failed, one by one; each is waited for. */
    CONTENDED,
    /** The aggregates that got a delete event, one by one: another transaction may just have been creating them (ADR 7). */
    SECOND_LOOK,
    /** No aggregate is left. */
    DONE
}
