package dev.fullstate.outbox.harness.outbox;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;

/**
 * A statement that inserts rows into {@code outbox}, complete by itself: an update of the aggregate {@code a} of type {@code order}. A test
 * adds only the values that matter to it. Values are SQL expressions; in several rows, {@code n} is the number of the row, from 1 on.
 */
public final class OutboxInsert {

    private final Map<String, String> values;
    /** The number of rows of {@code generate_series}; 0 for one row without it. */
    private final int rowCount;

    private OutboxInsert(Map<String, String> values, int rowCount) {
        this.values = values;
        this.rowCount = rowCount;
    }

    /** Inserts one row. */
    public static OutboxInsert row() {
        return rows(0);
    }

    /** Inserts that many rows. */
    public static OutboxInsert rows(int count) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(OutboxTable.ID, "gen_random_uuid()");
        values.put(OutboxTable.AGGREGATE_TYPE, "'order'");
        values.put(OutboxTable.AGGREGATE_ID, "'a'");
        values.put(OutboxTable.TYPE, "'com.example.Order'");
        values.put(OutboxTable.PAYLOAD, "'{}'");
        values.put(OutboxTable.SOURCE, "'urn:service:test'");
        values.put(OutboxTable.CHANGE_ID, "gen_random_uuid()");
        values.put(OutboxTable.ENTITY_VERSION, "7");
        values.put(OutboxTable.OPERATION, "'update'");
        return new OutboxInsert(values, count);
    }

    /** Returns the statement with an SQL expression for a column. */
    public OutboxInsert with(String column, String expression) {
        Map<String, String> changed = new LinkedHashMap<>(values);
        changed.put(column, expression);
        return new OutboxInsert(changed, rowCount);
    }

    /** Returns the statement without one of the columns. */
    public OutboxInsert without(String column) {
        Map<String, String> changed = new LinkedHashMap<>(values);
        changed.remove(column);
        return new OutboxInsert(changed, rowCount);
    }

    /** Returns the statement for an aggregate with that id. */
    public OutboxInsert of(String aggregateId) {
        return with(OutboxTable.AGGREGATE_ID, literal(aggregateId));
    }

    /** Returns the statement with that text as the payload; if it is null, with the event of a deletion. */
    public OutboxInsert payload(@Nullable String payload) {
        return payload == null
                ? with(OutboxTable.PAYLOAD, "null").with(OutboxTable.OPERATION, "'delete'")
                : with(OutboxTable.PAYLOAD, literal(payload));
    }

    /** Returns the statement for the leaf of that day, and leaves the time of writing as it is. */
    public OutboxInsert inLeafOf(int daysAgo) {
        return with(
                OutboxTable.BUCKET,
                "mod(floor(extract(epoch from now()) / 86400)::bigint - %d, %d)"
                        .formatted(daysAgo, OutboxTable.LEAF_COUNT));
    }

    /** Returns the statement for rows that were written that many days ago. */
    public OutboxInsert writtenDaysAgo(int days) {
        return with(OutboxTable.CREATED_AT, "clock_timestamp() - %d * interval '1 day'".formatted(days));
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** {@return the statement, without a semicolon} */
    public String sql() {
        String expressions = String.join(", ", values.values());
        return "insert into outbox (" + String.join(", ", values.keySet()) + ")"
                + (rowCount == 0
                        ? " values (" + expressions + ")"
                        : " select " + expressions + " from generate_series(1, " + rowCount + ") n");
    }

    @Override
    public String toString() {
        return sql();
    }
}
