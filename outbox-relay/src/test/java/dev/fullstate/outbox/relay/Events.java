package dev.fullstate.outbox.relay;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Position;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;

/** Makes events as the assembler yields them. */
public final class Events {

    private static final Map<String, String> COLUMNS = Map.of(
            OutboxTable.SEQ, "42",
            OutboxTable.ID, "0199f0c4-8a3e-7000-8000-000000000001",
            OutboxTable.AGGREGATE_TYPE, "order",
            OutboxTable.AGGREGATE_ID, "order-1",
            OutboxTable.TYPE, "com.example.Order",
            OutboxTable.PAYLOAD, "{}",
            OutboxTable.SOURCE, "urn:service:test",
            OutboxTable.CHANGE_ID, "0199f0c4-8a3e-5000-8000-000000000002",
            OutboxTable.OPERATION, "update",
            OutboxTable.CREATED_AT, "2026-11-21 02:28:57+00");

    private Events() {}

    /** Makes an event with nothing but the columns that every event has. */
    public static CommittedEvent plain() {
        return with(Map.of());
    }

    /** Makes an event with some columns set. */
    public static CommittedEvent with(Map<String, String> columns) {
        Map<String, String> all = new HashMap<>(COLUMNS);
        all.putAll(columns);
        return event(all);
    }

    public static CommittedEvent delete() {
        Map<String, String> all = new HashMap<>(COLUMNS);
        all.remove(OutboxTable.PAYLOAD);
        all.put(OutboxTable.OPERATION, "delete");
        return event(all);
    }

    private static CommittedEvent event(Map<String, String> columns) {
        byte[] @Nullable [] row = OutboxTable.PUBLISHED_COLUMNS.stream()
                .map(columns::get)
                .map(value -> value == null ? null : value.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return CommittedEvent.of(new Position(new Lsn(1), 0), row);
    }
}
