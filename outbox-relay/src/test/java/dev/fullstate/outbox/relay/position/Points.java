package dev.fullstate.outbox.relay.position;

/** Positions of an ordinary history, for tests to which it does not matter. */
public final class Points {

    private Points() {}

    /** Returns the point up to which everything is published. */
    public static ResumePoint at(Lsn through) {
        return new ResumePoint(through, null, new Origin(Timeline.FIRST, "1"), Numbers.NONE);
    }
}
