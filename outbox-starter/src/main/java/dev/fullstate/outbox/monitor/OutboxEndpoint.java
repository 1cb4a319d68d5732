package dev.fullstate.outbox.monitor;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.retention.OutboxState;
import dev.fullstate.outbox.retention.Outboxes;
import dev.fullstate.outbox.retention.Retention;

/**
 * {@code /actuator/outbox}: the outbox's state at the moment of the request. If the application has outboxes in several
 * databases, the answer has all of them by the names of their databases, and {@code /actuator/outbox/<name>} has one.
 */
@Endpoint(id = "outbox")
public class OutboxEndpoint {

    /** A mapper of our own, because Actuator's follows the application's, and members must have their documented names. */
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Outboxes outboxes;

    public OutboxEndpoint(Outboxes outboxes) {
        this.outboxes = outboxes;
    }

    @ReadOperation
    public JsonNode outbox() {
        Map<String, OutboxState> states = new LinkedHashMap<>();
        outboxes.retentions().forEach((database, retention) -> states.put(database, retention.state()));
        return JSON.valueToTree(states.size() == 1 ? states.values().iterator().next() : states);
    }

    @ReadOperation
    public @Nullable JsonNode outbox(@Selector String database) {
        Retention retention = outboxes.retentions().get(database);
        return retention == null ? null : JSON.valueToTree(retention.state());
    }
}
