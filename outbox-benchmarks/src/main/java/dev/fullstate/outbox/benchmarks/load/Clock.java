package dev.fullstate.outbox.benchmarks.load;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Reads the machine's clock, which is also that of the broker's times of appending. */
public final class Clock {

    private Clock() {}

    /** {@return microseconds since the epoch} */
    public static long micros() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(now.getNano());
    }
}
