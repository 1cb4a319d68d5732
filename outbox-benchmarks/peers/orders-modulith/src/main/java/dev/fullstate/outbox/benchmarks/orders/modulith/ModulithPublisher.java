package dev.fullstate.outbox.benchmarks.orders.modulith;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

import dev.fullstate.outbox.benchmarks.orders.order.OrderPublisher;
import dev.fullstate.outbox.benchmarks.orders.order.OrderState;

/** Publishes the state as an application event in the transaction of the change. */
@Component
final class ModulithPublisher implements OrderPublisher {

    private final ApplicationEventPublisher events;

    ModulithPublisher(ApplicationEventPublisher events) {
        this.events = events;
    }

    @Override
    public void changed(OrderState state) {
        events.publishEvent(state);
    }
}
