package dev.fullstate.outbox.benchmarks.orders.handwritten;

import java.util.UUID;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.benchmarks.orders.order.OrderPublisher;
import dev.fullstate.outbox.benchmarks.orders.order.OrderState;

/**
 * An outbox without a library, as it is common with Debezium: Jackson and one insert on the connection of the transaction. The
 * table is the project's own, so that a relay or Debezium reads the same rows as in every other case.
 */
@Component
@ConditionalOnProperty(name = "benchmark.outbox", havingValue = "handwritten")
final class HandwrittenOutbox implements OrderPublisher {

    private static final String INSERT = """
            insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, entityversion, operation)
            values (?, 'order', ?, 'OrderChanged', ?, 'urn:service:orders', ?, ?, ?)
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    HandwrittenOutbox(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    @Override
    public void changed(OrderState state) {
        UUID id = UUID.randomUUID();
        jdbc.sql(INSERT)
                .params(
                        id,
                        Long.toString(state.id()),
                        json.writeValueAsString(state),
                        id,
                        state.version(),
                        state.version() == 0 ? "create" : "update")
                .update();
    }
}
