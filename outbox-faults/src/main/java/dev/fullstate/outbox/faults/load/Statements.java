package dev.fullstate.outbox.faults.load;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The SQL of one transaction. */
final class Statements {

    private static final String COLUMNS =
            "(id, aggregatetype, aggregateid, type, payload, source, changeid, entityversion, operation)";

    /** Each version with this divisor deletes its aggregate, which returns with the next version. */
    private static final int VERSIONS_TO_A_DELETE = 11;

    private final Connection connection;
    private final int payloadBytes;

    Statements(Connection connection, int payloadBytes) {
        this.connection = connection;
        this.payloadBytes = payloadBytes;
    }

    /** {@return the versions of the aggregates, which no other transaction can change until this one is over} */
    Map<String, Long> lock(List<String> keys) throws SQLException {
        // Locks rows one by one: a single statement locks in the order in which it finds the rows.
        Map<String, Long> versions = new LinkedHashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select version from aggregate where id = ? for update")) {
            for (String key : keys) {
                statement.setString(1, key);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    versions.put(key, row.getLong(1));
                }
            }
        }
        return versions;
    }

    /** Inserts events; the aggregates take turns. */
    void insert(Map<String, Long> versions, int perAggregate, String text) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("insert into outbox " + COLUMNS
                + " values (?, 'order', ?, 'com.example.Order', ?, 'urn:service:faults', ?, ?, ?)")) {
            for (int i = 1; i <= perAggregate; i++) {
                for (Map.Entry<String, Long> aggregate : versions.entrySet()) {
                    long version = aggregate.getValue() + i;
                    statement.setObject(1, UUID.randomUUID());
                    statement.setString(2, aggregate.getKey());
                    boolean deleted = version % VERSIONS_TO_A_DELETE == 0;
                    statement.setString(3, deleted ? null : payload(version, text));
                    statement.setObject(4, UUID.randomUUID());
                    statement.setLong(5, version);
                    statement.setString(6, deleted ? "delete" : "update");
                    statement.addBatch();
                }
            }
            statement.executeBatch();
        }
    }

    /** Inserts events by one statement, so that all rows share one position in the WAL. */
    void insertInOneStatement(Map<String, Long> versions, int perAggregate) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("insert into outbox " + COLUMNS
                + " select gen_random_uuid(), 'order', ?, 'com.example.Order', '{\"version\":' || (? + n) || '}',"
                + " 'urn:service:faults', gen_random_uuid(), ? + n, 'update' from generate_series(1, ?) n")) {
            for (Map.Entry<String, Long> aggregate : versions.entrySet()) {
                statement.setString(1, aggregate.getKey());
                statement.setLong(2, aggregate.getValue());
                statement.setLong(3, aggregate.getValue());
                statement.setInt(4, perAggregate);
                statement.executeUpdate();
            }
        }
    }

    void raise(List<String> keys, int by) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("update aggregate set version = version + ? where id = any (?)")) {
            Array ids = connection.createArrayOf("text", keys.toArray());
            statement.setInt(1, by);
            statement.setArray(2, ids);
            statement.executeUpdate();
        }
    }

    private String payload(long version, String text) {
        int padding = ThreadLocalRandom.current().nextInt(payloadBytes);
        return "{\"version\":%d,\"text\":\"%s\",\"padding\":\"%s\"}".formatted(version, text, "x".repeat(padding));
    }
}
