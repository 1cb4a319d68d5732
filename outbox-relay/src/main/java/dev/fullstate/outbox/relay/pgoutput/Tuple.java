package dev.fullstate.outbox.relay.pgoutput;

import org.jspecify.annotations.Nullable;

/**
 * The values of a row, in the order of its relation's columns.
 */
public final class Tuple {

    /** The form in which a value was sent. */
    public enum Kind {
        /** SQL null. */
        NULL,
        /** Stored out of line and not changed by the update, therefore not sent. */
        UNCHANGED,
        /** In the type's text form, encoded as the connection's client encoding says: UTF-8. */
        TEXT,
        /** In the type's binary form. */
        BINARY
    }

    private final Kind[] kinds;
    private final byte[] @Nullable [] values;

    /** @param values as many as there are kinds; null where the kind is neither text nor binary */
    Tuple(Kind[] kinds, byte[] @Nullable [] values) {
        this.kinds = kinds;
        this.values = values;
    }

    public int size() {
        return kinds.length;
    }

    public Kind kind(int column) {
        return kinds[column];
    }

    /** Returns a value; null unless its kind is text or binary. It is not a copy. */
    public byte @Nullable [] value(int column) {
        return values[column];
    }
}
