package dev.fullstate.outbox.relay;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.fullstate.outbox.contract.OutboxTable;

/** Statements that insert one row, each of whose values a test may choose. */
final class RowsInSql {

    private static final Map<String, String> VALUES = Map.of(
            OutboxTable.ID, "gen_random_uuid()",
            OutboxTable.AGGREGATE_TYPE, "'order'",
            OutboxTable.AGGREGATE_ID, "'a'",
            OutboxTable.TYPE, "'T'",
            OutboxTable.PAYLOAD, "'{}'",
            OutboxTable.SOURCE, "'urn:test'",
            OutboxTable.CHANGE_ID, "gen_random_uuid()",
            OutboxTable.ENTITY_VERSION, "7",
            OutboxTable.OPERATION, "'update'");

    private RowsInSql() {}

    /** A row with this payload. */
    static String row(String payload) {
        return with(OutboxTable.PAYLOAD, "'" + payload + "'");
    }

    /** A row with one value, given as SQL, that differs from the others'. */
    static String with(String column, String value) {
        Map<String, String> values = new LinkedHashMap<>(VALUES);
        values.put(column, value);
        return insert(values);
    }

    /** A row without one of the columns. */
    static String without(String column, String payload) {
        Map<String, String> values = new LinkedHashMap<>(VALUES);
        values.put(OutboxTable.PAYLOAD, "'" + payload + "'");
        values.remove(column);
        return insert(values);
    }

    private static String insert(Map<String, String> values) {
        return "insert into outbox (" + String.join(", ", values.keySet()) + ") values ("
                + String.join(", ", values.values()) + ")";
    }
}
