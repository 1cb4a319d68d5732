package dev.fullstate.outbox.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxEvent;
import dev.fullstate.outbox.contract.OutboxTable;

/** Appends events to the outbox table. */
public final class OutboxStore {

    private static final List<String> COLUMNS = List.of(
            OutboxTable.ID,
            OutboxTable.AGGREGATE_TYPE,
            OutboxTable.AGGREGATE_ID,
            OutboxTable.TYPE,
            OutboxTable.PAYLOAD,
            OutboxTable.SOURCE,
            OutboxTable.TIME,
            OutboxTable.DATA_SCHEMA,
            OutboxTable.CHANGE_ID,
            OutboxTable.ENTITY_VERSION,
            OutboxTable.OPERATION,
            OutboxTable.REPUBLISH_ID,
            OutboxTable.TRACE_PARENT,
            OutboxTable.TRACE_STATE);

    private static final String INSERT =
            "insert into " + OutboxTable.NAME + " (" + String.join(", ", COLUMNS) + ") values ("
                    + String.join(", ", COLUMNS.stream().map(column -> "?").toList()) + ")";

    private OutboxStore() {}

    /**
     * Inserts the events in their order, in one round trip; they exist once the connection's transaction commits.
     *
     * @throws SQLException where the database refuses a row; the transaction can then only be rolled back
     */
    public static void append(Connection connection, List<OutboxEvent> events) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (OutboxEvent event : events) {
                bind(statement, event);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void bind(PreparedStatement statement, OutboxEvent event) throws SQLException {
        int column = 1;
        statement.setObject(column++, event.id());
        statement.setString(column++, event.aggregateType());
        statement.setString(column++, event.aggregateId());
        statement.setString(column++, event.type());
        statement.setString(column++, event.payload());
        statement.setString(column++, event.source());
        setInstant(statement, column++, event.time());
        statement.setString(column++, event.dataSchema());
        statement.setObject(column++, event.changeId());
        statement.setObject(column++, event.entityVersion(), Types.BIGINT);
        statement.setString(column++, event.operation().label());
        statement.setObject(column++, event.republishId(), Types.OTHER);
        statement.setString(column++, event.traceParent());
        statement.setString(column, event.traceState());
    }

    private static void setInstant(PreparedStatement statement, int column, @Nullable Instant instant)
            throws SQLException {
        statement.setObject(
                column, instant == null ? null : instant.atOffset(ZoneOffset.UTC), Types.TIMESTAMP_WITH_TIMEZONE);
    }
}
