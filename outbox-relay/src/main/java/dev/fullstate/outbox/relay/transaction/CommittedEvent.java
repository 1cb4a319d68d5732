package dev.fullstate.outbox.relay.transaction;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.Operation;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Position;

/**
 * A row of the outbox whose transaction has committed. Values are as PostgreSQL prints them, in UTF-8, and are passed on
 * untouched wherever the record's form is the same; they must not be modified. The components are named after the columns.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; a copy of every value would be paid for each event.
public record CommittedEvent(
        Position position,
        byte[] seq,
        byte[] id,
        byte[] aggregateType,
        byte[] aggregateId,
        byte[] type,
        byte @Nullable [] payload,
        byte[] source,
        byte @Nullable [] time,
        byte @Nullable [] dataSchema,
        byte[] changeId,
        byte @Nullable [] entityVersion,
        byte[] operation,
        byte @Nullable [] republishId,
        byte @Nullable [] traceParent,
        byte @Nullable [] traceState,
        byte @Nullable [] extensions,
        byte[] createdAt) {

    private static final List<String> COLUMNS = OutboxTable.PUBLISHED_COLUMNS;
    private static final byte[] CREATE = utf8(Operation.CREATE.label());
    private static final byte[] UPDATE = utf8(Operation.UPDATE.label());
    private static final byte[] DELETE = utf8(Operation.DELETE.label());
    private static final int SEQ = COLUMNS.indexOf(OutboxTable.SEQ);
    private static final int ID = COLUMNS.indexOf(OutboxTable.ID);
    private static final int AGGREGATE_TYPE = COLUMNS.indexOf(OutboxTable.AGGREGATE_TYPE);
    private static final int AGGREGATE_ID = COLUMNS.indexOf(OutboxTable.AGGREGATE_ID);
    private static final int TYPE = COLUMNS.indexOf(OutboxTable.TYPE);
    private static final int PAYLOAD = COLUMNS.indexOf(OutboxTable.PAYLOAD);
    private static final int SOURCE = COLUMNS.indexOf(OutboxTable.SOURCE);
    private static final int TIME = COLUMNS.indexOf(OutboxTable.TIME);
    private static final int DATA_SCHEMA = COLUMNS.indexOf(OutboxTable.DATA_SCHEMA);
    private static final int CHANGE_ID = COLUMNS.indexOf(OutboxTable.CHANGE_ID);
    private static final int ENTITY_VERSION = COLUMNS.indexOf(OutboxTable.ENTITY_VERSION);
    private static final int OPERATION = COLUMNS.indexOf(OutboxTable.OPERATION);
    private static final int REPUBLISH_ID = COLUMNS.indexOf(OutboxTable.REPUBLISH_ID);
    private static final int TRACE_PARENT = COLUMNS.indexOf(OutboxTable.TRACE_PARENT);
    private static final int TRACE_STATE = COLUMNS.indexOf(OutboxTable.TRACE_STATE);
    private static final int EXTENSIONS = COLUMNS.indexOf(OutboxTable.EXTENSIONS);
    private static final int CREATED_AT = COLUMNS.indexOf(OutboxTable.CREATED_AT);

    /**
     * Names the values of a row.
     *
     * @param row the values of {@link OutboxTable#PUBLISHED_COLUMNS}, in that order
     * @throws UnpublishableRowException if a value that every event has is null or empty, or operation and payload contradict each other
     */
    public static CommittedEvent of(Position position, byte[] @Nullable [] row) {
        requireOperation(position, row);
        return new CommittedEvent(
                position,
                required(position, row, SEQ),
                required(position, row, ID),
                filled(position, row, AGGREGATE_TYPE),
                filled(position, row, AGGREGATE_ID),
                filled(position, row, TYPE),
                row[PAYLOAD],
                filled(position, row, SOURCE),
                row[TIME],
                row[DATA_SCHEMA],
                required(position, row, CHANGE_ID),
                row[ENTITY_VERSION],
                required(position, row, OPERATION),
                row[REPUBLISH_ID],
                row[TRACE_PARENT],
                row[TRACE_STATE],
                row[EXTENSIONS],
                required(position, row, CREATED_AT));
    }

    /** Returns the number that the row drew when it was written. */
    public long sequence() {
        return Long.parseLong(text(seq));
    }

    /** Returns the same event under another number. */
    public CommittedEvent withSequence(long sequence) {
        return new CommittedEvent(
                position,
                Long.toString(sequence).getBytes(StandardCharsets.UTF_8),
                id,
                aggregateType,
                aggregateId,
                type,
                payload,
                source,
                time,
                dataSchema,
                changeId,
                entityVersion,
                operation,
                republishId,
                traceParent,
                traceState,
                extensions,
                createdAt);
    }

    /** Prints the identifiers by which the event can be found again; never its payload. */
    @Override
    public String toString() {
        return toString(id, seq, position);
    }

    /** Returns what {@link #toString()} does, for whoever has kept no more of an event. */
    public static String toString(byte[] id, byte[] seq, Position position) {
        return "event " + text(id) + " (seq " + text(seq) + ", position " + position + ")";
    }

    private static byte[] required(Position position, byte[] @Nullable [] row, int column) {
        byte[] value = row[column];
        if (value == null) {
            String name = COLUMNS.get(column);
            throw UnpublishableRowException.of(
                    RowId.of(position, row),
                    name,
                    "it has no value in column '" + name + "', which every event has",
                    null);
        }
        return value;
    }

    /** CloudEvents: the attributes that every event has are not empty; nor is a key, without which an event would have no place in the order. */
    private static byte[] filled(Position position, byte[] @Nullable [] row, int column) {
        byte[] value = required(position, row, column);
        if (value.length == 0) {
            String name = COLUMNS.get(column);
            throw UnpublishableRowException.of(
                    RowId.of(position, row), name, "column '" + name + "' is empty, and no event has it empty", null);
        }
        return value;
    }

    /** A payload is what tells a state from a delete in Kafka, and the operation in the event: they must say the same. */
    private static void requireOperation(Position position, byte[] @Nullable [] row) {
        byte[] operation = required(position, row, OPERATION);
        boolean delete = Arrays.equals(operation, DELETE);
        if (!delete && !Arrays.equals(operation, UPDATE) && !Arrays.equals(operation, CREATE)) {
            throw UnpublishableRowException.of(
                    RowId.of(position, row),
                    OutboxTable.OPERATION,
                    "its operation '" + text(operation) + "' is not one that an event can have",
                    null);
        }
        if ((row[PAYLOAD] == null) != delete) {
            throw UnpublishableRowException.of(
                    RowId.of(position, row),
                    OutboxTable.PAYLOAD,
                    "its operation is " + text(operation) + ", and it has " + (delete ? "a" : "no") + " payload",
                    null);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] value) {
        return new String(value, StandardCharsets.UTF_8);
    }
}
