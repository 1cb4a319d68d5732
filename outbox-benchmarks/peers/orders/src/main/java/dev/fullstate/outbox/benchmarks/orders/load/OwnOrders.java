package dev.fullstate.outbox.benchmarks.orders.load;

import java.util.SplittableRandom;

/** The orders of one thread, disjoint from those of all others, so that no two transactions change the same order. */
final class OwnOrders {

    private final int thread;
    private final int threads;
    private final int count;
    private final SplittableRandom random;

    /** @param orders number of all orders; their ids are 1 to {@code orders} */
    OwnOrders(int thread, int threads, int orders) {
        this.thread = thread;
        this.threads = threads;
        this.count = orders / threads;
        this.random = new SplittableRandom(thread);
    }

    /** {@return the id of any one of them} */
    long any() {
        return 1L + thread + (long) threads * random.nextInt(count);
    }
}
