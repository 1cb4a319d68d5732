package dev.fullstate.outbox.benchmarks.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;

/** Inserts rows as the starter does, with everything that a live change has, but for the trace. */
final class OutboxWriter implements AutoCloseable {

    private static final String INSERT = """
            insert into outbox (id, aggregatetype, aggregateid, type, payload, source, time, changeid, entityversion, operation)
            values (?, 'order', ?, 'com.example.orders.Order', ?, 'urn:service:orders', ?, ?, ?, 'update')""";

    private final PreparedStatement insert;
    private final OrderState state;
    private final long seed;

    OutboxWriter(Connection connection, long seed, int payloadBytes) throws SQLException {
        this.insert = connection.prepareStatement(INSERT);
        this.state = new OrderState(seed, payloadBytes);
        this.seed = seed;
    }

    /** Adds a row to the batch that {@link #send} sends. */
    void add(int number, int key, int version) throws SQLException {
        String id = "order-" + key;
        insert.setObject(1, new UUID(seed, number));
        insert.setString(2, id);
        insert.setString(3, state.json(number, id, version));
        insert.setObject(4, OffsetDateTime.now(ZoneOffset.UTC));
        insert.setObject(5, new UUID(~seed, number));
        insert.setLong(6, version);
        insert.addBatch();
    }

    void send() throws SQLException {
        insert.executeBatch();
    }

    @Override
    public void close() throws SQLException {
        insert.close();
    }
}
