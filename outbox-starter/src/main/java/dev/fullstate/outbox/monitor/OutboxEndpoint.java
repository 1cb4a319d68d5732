package dev.fullstate.outbox.monitor;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

import dev.fullstate.outbox.store.OutboxState;
import dev.fullstate.outbox.store.Retention;

/** {@code /actuator/outbox}: the outbox as it is when it is asked for. */
@Endpoint(id = "outbox")
public class OutboxEndpoint {

    private final Retention retention;

    public OutboxEndpoint(Retention retention) {
        this.retention = retention;
    }

    @ReadOperation
    public OutboxState outbox() {
        return retention.state();
    }
}
