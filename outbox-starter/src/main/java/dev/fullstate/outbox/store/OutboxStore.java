package dev.fullstate.outbox.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxEvent;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;

/** Appends events to the outbox table. Thread-safe. */
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

    private static final String ROW = "(" + String.join(", ", Collections.nCopies(COLUMNS.size(), "?")) + ")";

    /**
     * Maximum number of rows of a statement. The server needs half as long for a statement of many rows as for as many
     * statements.
     */
    static final int MAX_ROWS = 100;

    /**
     * Maximum number of characters of a statement's payloads, unless a single one is longer: driver and server keep all
     * parameters in memory.
     */
    static final int MAX_CHARACTERS = 1_000_000;

    private final String insert;

    public OutboxStore(OutboxNames names) {
        this.insert = names.sql("insert into {outbox} (" + String.join(", ", COLUMNS) + ") values ");
    }

    /**
     * Inserts the events in their order; they exist once the connection's transaction commits. The call takes one round trip, and
     * more only for more than {@value #MAX_ROWS} events or for large ones.
     *
     * @throws SQLException if the database refuses a row; the transaction can then only be rolled back
     */
    public void append(Connection connection, List<OutboxEvent> events) throws SQLException {
        for (Insert insert : inserts(events)) {
            insert.execute(connection);
        }
    }

    /** Returns the statements that insert the events in their order, each in one round trip. */
    public List<Insert> inserts(List<OutboxEvent> events) {
        List<Insert> inserts = new ArrayList<>();
        int end = 0;
        while (end < events.size()) {
            int begin = end;
            end = endOfStatement(events, begin);
            String rows = String.join(", ", Collections.nCopies(end - begin, ROW));
            inserts.add(new Insert(insert + rows, events.subList(begin, end)));
        }
        return inserts;
    }

    /**
     * A statement that inserts some events.
     *
     * @param sql with a parameter for each value
     */
    public record Insert(String sql, List<OutboxEvent> events) {

        /**
         * Executes it on its own.
         *
         * @throws SQLException if the database refuses a row; the transaction can then only be rolled back
         */
        public void execute(Connection connection) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                bind(statement);
                statement.executeUpdate();
            }
        }

        /** Binds all parameters of a statement that begins with this one. */
        public void bind(PreparedStatement statement) throws SQLException {
            int parameter = 1;
            for (OutboxEvent event : events) {
                parameter = OutboxStore.bind(statement, parameter, event);
            }
        }
    }

    private static int endOfStatement(List<OutboxEvent> events, int begin) {
        int most = Math.min(events.size(), begin + MAX_ROWS);
        int end = begin + 1;
        long characters = length(events.get(begin));
        while (end < most && characters + length(events.get(end)) <= MAX_CHARACTERS) {
            characters += length(events.get(end));
            end++;
        }
        return end;
    }

    private static int length(OutboxEvent event) {
        return event.payload() == null ? 0 : event.payload().length();
    }

    /** {@return the parameter after the last one of the event} */
    private static int bind(PreparedStatement statement, int first, OutboxEvent event) throws SQLException {
        int column = first;
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
        statement.setString(column++, event.traceState());
        return column;
    }

    private static void setInstant(PreparedStatement statement, int column, @Nullable Instant instant)
            throws SQLException {
        statement.setObject(
                column, instant == null ? null : instant.atOffset(ZoneOffset.UTC), Types.TIMESTAMP_WITH_TIMEZONE);
    }
}
