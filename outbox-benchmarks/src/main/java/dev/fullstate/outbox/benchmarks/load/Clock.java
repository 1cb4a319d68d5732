package dev.fullstate.outbox.benchmarks.load;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The machine's clock, which the broker's times of appending come from as well. */
public final class Clock {

    private Clock() {}

    /** {@return microseconds since the epoch} */
    public static long micros() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(now.getNano());
    }
}
