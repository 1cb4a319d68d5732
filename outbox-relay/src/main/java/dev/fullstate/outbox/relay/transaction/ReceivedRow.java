package dev.fullstate.outbox.relay.transaction;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Position;

/**
 * A row of the outbox whose transaction has committed, as far as its values are known: the stream brings what the table had when the
 * row was written.
 *
 * @param xid the transaction, without its epoch
 * @param values those of {@link OutboxTable#PUBLISHED_COLUMNS}, in that order
 * @param missing columns whose values are not known
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record ReceivedRow(Position position, int xid, byte[] @Nullable [] values, List<String> missing) {

    /** The columns that an event can do without: they say nothing about the change, and no consumer's state depends on them. */
    private static final Set<String> MAY_BE_MISSING = Set.of(OutboxTable.TRACE_PARENT, OutboxTable.TRACE_STATE);

    private static final int ID = OutboxTable.PUBLISHED_COLUMNS.indexOf(OutboxTable.ID);
    private static final int AGGREGATE_TYPE = OutboxTable.PUBLISHED_COLUMNS.indexOf(OutboxTable.AGGREGATE_TYPE);
    private static final int AGGREGATE_ID = OutboxTable.PUBLISHED_COLUMNS.indexOf(OutboxTable.AGGREGATE_ID);
    private static final int PAYLOAD = OutboxTable.PUBLISHED_COLUMNS.indexOf(OutboxTable.PAYLOAD);
    private static final int SEQ = OutboxTable.PUBLISHED_COLUMNS.indexOf(OutboxTable.SEQ);

    public ReceivedRow {
        missing = List.copyOf(missing);
    }

    /** Returns the number that the row drew when it was written; 0 if it is not known. */
    public long sequence() {
        byte[] value = values[SEQ];
        return value == null ? 0 : Long.parseLong(new String(value, StandardCharsets.UTF_8));
    }

    /** Returns the id of the event; null if it has none or it is not known. */
    public byte @Nullable [] id() {
        return values[ID];
    }

    /** Returns the aggregate type; empty if the row has none, it is not known, or it is longer than one can be. */
    public String aggregateType() {
        byte[] value = values[AGGREGATE_TYPE];
        // What is parked is noted under its type, and a note has a limited size.
        return value == null || value.length > OutboxTable.MAX_AGGREGATE_TYPE_LENGTH
                ? ""
                : new String(value, StandardCharsets.UTF_8);
    }

    /** Returns the aggregate's id; empty if the row has none or it is not known. */
    public String aggregateId() {
        byte[] value = values[AGGREGATE_ID];
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /** Returns the size of the payload, 0 without one. */
    public long payloadBytes() {
        byte[] value = values[PAYLOAD];
        return value == null ? 0 : value.length;
    }

    /** Returns the same row with the values that the table has now. */
    public ReceivedRow with(byte[] @Nullable [] current, List<String> missingNow) {
        return new ReceivedRow(position, xid, current, missingNow);
    }

    /**
     * Returns the event that the row is.
     *
     * @throws UnpublishableRowException if a value that the event needs is null or not known
     */
    public CommittedEvent event() {
        // Nearly always nothing is missing, and a stream would be paid for each event.
        if (!missing.isEmpty()) {
            requireNeeded();
        }
        return CommittedEvent.of(position, values);
    }

    private void requireNeeded() {
        List<String> needed = missing.stream()
                .filter(column -> !MAY_BE_MISSING.contains(column))
                .toList();
        if (!needed.isEmpty()) {
            throw UnpublishableRowException.missing(RowId.of(position, values), needed);
        }
    }

    /** Names the row as people find it. */
    @Override
    public String toString() {
        return RowId.of(position, values).toString();
    }
}
