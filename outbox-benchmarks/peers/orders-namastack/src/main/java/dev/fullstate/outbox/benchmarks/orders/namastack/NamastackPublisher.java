package dev.fullstate.outbox.benchmarks.orders.namastack;

import io.namastack.outbox.Outbox;
import org.springframework.stereotype.Component;

import dev.fullstate.outbox.benchmarks.orders.order.OrderPublisher;
import dev.fullstate.outbox.benchmarks.orders.order.OrderState;

/** Schedules the state in the transaction of the change, with the order as the key whose records stay in order. */
@Component
final class NamastackPublisher implements OrderPublisher {

    private final Outbox outbox;

    NamastackPublisher(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public void changed(OrderState state) {
        outbox.schedule(state, Long.toString(state.id()));
    }
}
