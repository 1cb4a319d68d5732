package dev.fullstate.outbox.faults;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Draws how long a fault lasts.
 *
 * @param random also draws all else that a fault leaves open
 * @param share of the time that is drawn; 1 in a long run
 */
record Lasting(Random random, double share) {

    void between(int leastMillis, int mostMillis) {
        long drawn = Duration.ofMillis(random.nextInt(leastMillis, mostMillis)).toNanos();
        long end = System.nanoTime() + (long) (share * drawn);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
