package dev.fullstate.outbox.benchmarks.orders.order;

/** Publishes a change, in an application that does so on its own account; with the starter there is none. */
public interface OrderPublisher {

    /**
     * Called in the transaction of the change, after its statements were executed and before its commit.
     *
     * @param state with the version that the change has given to the order
     */
    void changed(OrderState state);
}
