package dev.fullstate.outbox.relay.pgoutput;

import java.util.List;

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

    /**
     * One value.
     *
     * @param bytes null unless the kind is text or binary
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared; a copy would be paid for each value.
    public record Value(Kind kind, byte @Nullable [] bytes) {

        static final Value NULL = new Value(Kind.NULL, null);
        static final Value UNCHANGED = new Value(Kind.UNCHANGED, null);
    }

    private final List<Value> values;

    Tuple(List<Value> values) {
        this.values = values;
    }

    public int size() {
        return values.size();
    }

    public Value value(int column) {
        return values.get(column);
    }
}
