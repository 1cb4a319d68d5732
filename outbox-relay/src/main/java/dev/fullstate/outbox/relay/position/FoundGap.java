package dev.fullstate.outbox.relay.position;

import java.util.Locale;

/** What a relay has found out before it makes the slot anew; what has shown it may not be there any more when the next one looks. */
public enum FoundGap {
    /** Rows may be committed that are not published, and that the stream does not bring. */
    ROWS,
    /** The database has also lost commits whose events are published. */
    HISTORY;

    static FoundGap parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
