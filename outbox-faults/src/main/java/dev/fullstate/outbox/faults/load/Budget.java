package dev.fullstate.outbox.faults.load;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The number of events that the writers may still commit. The last transaction may exceed it. */
final class Budget {

    /** Events that no transaction has taken; negative by what the last one took in excess. */
    private long remaining;
    /** Transactions that have begun and not ended. */
    private int openCount;

    /** Adds to the budget, without regard to an earlier excess. */
    synchronized void add(long eventCount) {
        remaining = Math.max(0, remaining) + eventCount;
        notifyAll();
    }

    synchronized void withdraw() {
        remaining = 0;
        notifyAll();
    }

    /** Waits until events are left, and takes them for a transaction that begins. */
    synchronized void begin(long eventCount) throws InterruptedException {
        while (remaining <= 0) {
            wait();
        }
        remaining -= eventCount;
        openCount++;
    }

    /** @param unspent the number of events that the transaction did not commit after all */
    synchronized void end(long unspent) {
        remaining += unspent;
        openCount--;
        notifyAll();
    }

    synchronized boolean awaitSpent(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (remaining > 0 || openCount > 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }
}
