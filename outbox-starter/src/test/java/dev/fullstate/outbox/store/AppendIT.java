package dev.fullstate.outbox.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.contract.Operation;
import dev.fullstate.outbox.contract.OutboxEvent;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** The events of a transaction become rows in their order, with few statements, for any number and size of events. */
class AppendIT {

    static PostgresServer postgres;

    private OutboxDatabase database;
    private Connection connection;

    @BeforeAll
    static void startPostgres() {
        postgres = SharedServers.postgres();
    }

    private final OutboxStore store = new OutboxStore(OutboxNames.DEFAULT);

    @BeforeEach
    void migrate() throws SQLException {
        database = new OutboxDatabase(postgres);
        connection = database.connect();
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
        database.close();
    }

    @Test
    void everyEventIsARowAndTheSequenceFollowsTheirOrder() throws SQLException {
        List<OutboxEvent> events = IntStream.range(0, 2 * OutboxStore.MAX_ROWS + 1)
                .mapToObj(number -> number % 3 == 0 ? bareDelete(number) : completeUpdate(number, "{}"))
                .toList();

        store.append(connection, events);

        assertThat(rows()).isEqualTo(events);
    }

    @Test
    void emptyListAppendsNoRow() throws SQLException {
        store.append(connection, List.of());

        assertThat(rows()).isEmpty();
    }

    @Test
    void maximumOfSmallEventsIsOneStatement() throws SQLException {
        assertThat(statementCount(Stream.generate(() -> completeUpdate(1, "{}"))
                        .limit(OutboxStore.MAX_ROWS)
                        .toList()))
                .isEqualTo(1);
    }

    @Test
    void largeEventsAreSpreadOverStatements() throws SQLException {
        String most = "\"" + "x".repeat(OutboxStore.MAX_CHARACTERS - 2) + "\"";
        String half = most.substring(0, OutboxStore.MAX_CHARACTERS / 2 - 1) + "\"";

        assertThat(statementCount(List.of(
                        completeUpdate(1, half),
                        completeUpdate(2, half),
                        completeUpdate(3, half),
                        completeUpdate(4, most + "  "),
                        completeUpdate(5, "{}"))))
                .isEqualTo(4);
        assertThat(rows()).extracting(OutboxEvent::aggregateId).containsExactly("1", "2", "3", "4", "5");
    }

    private int statementCount(List<OutboxEvent> events) throws SQLException {
        AtomicInteger count = new AtomicInteger();
        Connection counting = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        count.incrementAndGet();
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        store.append(counting, events);
        return count.get();
    }

    private static OutboxEvent completeUpdate(int number, String payload) {
        return new OutboxEvent(
                UUID.randomUUID(),
                "order",
                Integer.toString(number),
                "com.example.Order",
                payload,
                "urn:service:orders",
                Instant.parse("2026-01-31T12:00:00.123456Z"),
                "https://example.com/order.json",
                UUID.randomUUID(),
                (long) number,
                Operation.UPDATE,
                UUID.randomUUID(),
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "vendor=value");
    }

    private static OutboxEvent bareDelete(int number) {
        return new OutboxEvent(
                UUID.randomUUID(),
                "order",
                Integer.toString(number),
                "com.example.Order",
                null,
                "urn:service:orders",
                null,
                null,
                UUID.randomUUID(),
                null,
                Operation.DELETE,
                null,
                null,
                null);
    }

    private List<OutboxEvent> rows() throws SQLException {
        List<OutboxEvent> events = new ArrayList<>();
        try (Connection owner = database.connectAsOwner();
                Statement statement = owner.createStatement();
                ResultSet row = statement.executeQuery("select * from outbox order by seq")) {
            while (row.next()) {
                OffsetDateTime time = row.getObject("time", OffsetDateTime.class);
                events.add(new OutboxEvent(
                        row.getObject("id", UUID.class),
                        row.getString("aggregatetype"),
                        row.getString("aggregateid"),
                        row.getString("type"),
                        row.getString("payload"),
                        row.getString("source"),
                        time == null ? null : time.toInstant(),
                        row.getString("dataschema"),
                        row.getObject("changeid", UUID.class),
                        row.getObject("entityversion", Long.class),
                        row.getString("operation").equals("delete") ? Operation.DELETE : Operation.UPDATE,
                        row.getObject("republishid", UUID.class),
                        row.getString("traceparent"),
                        row.getString("tracestate")));
            }
        }
        return events;
    }
}
