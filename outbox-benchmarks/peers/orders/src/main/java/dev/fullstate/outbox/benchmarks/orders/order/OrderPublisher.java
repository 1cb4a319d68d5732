package dev.fullstate.outbox.benchmarks.orders.order;

/** Where an application that publishes on its own account is told of a change. With the starter there is none. */
public interface OrderPublisher {

    /**
     * Called in the transaction of the change, after its statements were executed and before its commit.
     *
     * @param state with the version that the change has given to the order
     */
    void changed(OrderState state);
}
