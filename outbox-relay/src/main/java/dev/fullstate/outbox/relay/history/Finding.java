package dev.fullstate.outbox.relay.history;

import dev.fullstate.outbox.relay.position.ResumePoint;

/** The point from which a relay has to go on. */
public sealed interface Finding {

    /** No relay has published anything: all rows are to be published, then the stream. */
    record FirstStart() implements Finding {}

    /** The stream, or the fill that is under way, goes on after this point. */
    record Resume(ResumePoint point) implements Finding {}

    /**
     * Rows may be committed that are not published, and that the stream does not bring.
     *
     * @param reason a sentence for people
     * @param lost whether the database has lost commits whose events are published: it draws their numbers again
     */
    record Gap(String reason, boolean lost) implements Finding {}
}
