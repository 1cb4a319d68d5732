package dev.fullstate.outbox.faults;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** How long a fault lasts is part of it, and drawn. */
record Lasting(Random random) {

    void between(int leastMillis, int mostMillis) {
        long end = System.nanoTime()
                + Duration.ofMillis(random.nextInt(leastMillis, mostMillis)).toNanos();
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
