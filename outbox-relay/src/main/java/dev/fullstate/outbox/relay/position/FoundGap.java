package dev.fullstate.outbox.relay.position;

import java.util.Locale;

/** The finding of a relay before it makes the slot again; the signs of it may be gone when the next relay looks. */
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
