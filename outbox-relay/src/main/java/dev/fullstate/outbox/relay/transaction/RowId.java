package dev.fullstate.outbox.relay.transaction;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Position;

/** The columns by which people find a row, as far as they are known. */
record RowId(
        Position position, @Nullable String seq, @Nullable String id) {

    static RowId of(Position position, byte[] @Nullable [] values) {
        return new RowId(position, text(values, OutboxTable.SEQ), text(values, OutboxTable.ID));
    }

    static RowId of(CommittedEvent event) {
        return new RowId(event.position(), text(event.seq()), text(event.id()));
    }

    /** {@return the condition of a statement about the row; empty if nothing is known} */
    String where() {
        List<String> conditions = new ArrayList<>();
        if (seq != null) {
            conditions.add(OutboxTable.SEQ + " = " + seq);
        }
        if (id != null) {
            conditions.add(OutboxTable.ID + " = '" + id + "'");
        }
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    @Override
    public String toString() {
        return "event " + (id == null ? "without an id" : id) + " (" + (seq == null ? "" : "seq " + seq + ", ")
                + "position " + position + ")";
    }

    private static @Nullable String text(byte[] @Nullable [] values, String column) {
        return text(values[OutboxTable.PUBLISHED_COLUMNS.indexOf(column)]);
    }

    private static @Nullable String text(byte @Nullable [] value) {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }
}
