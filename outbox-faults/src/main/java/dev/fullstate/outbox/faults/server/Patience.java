package dev.fullstate.outbox.faults.server;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Waits for what another process does.
 *
 * @param timeout how long
 * @param context the text to quote when the time was not enough, usually the end of a log
 */
public record Patience(Duration timeout, Supplier<String> context) {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /**
     * Waits until a condition holds. A check that fails, because a server is away for instance, is repeated.
     *
     * @return how long it took
     * @throws AssertionError if the condition does not hold within the time
     */
    public Duration until(String what, Callable<Boolean> condition) {
        long began = System.nanoTime();
        Exception last = null;
        while (true) {
            try {
                if (condition.call()) {
                    return Duration.ofNanos(System.nanoTime() - began);
                }
                last = null;
            } catch (Exception e) {
                last = e;
            }
            if (System.nanoTime() - began > timeout.toNanos()) {
                throw new AssertionError("Not within " + timeout + ": " + what + ".\n" + context.get(), last);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
