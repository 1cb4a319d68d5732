package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs what is said of single rows and aggregates, of which there may be many thousands at once: some lines a minute, and no more. Used by the
 * loop alone.
 */
final class BoundedLog {

    private static final Logger log = LoggerFactory.getLogger(BoundedLog.class);

    private static final int MAX_COUNT = 20;
    private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoTime;
    /** The time of the first line of the present interval. */
    private long began;
    /** Lines since then, also those that were left out. */
    private int count;

    BoundedLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
    }

    void info(String line) {
        log(Level.INFO, line);
    }

    void warn(String line) {
        log(Level.WARN, line);
    }

    private void log(Level level, String line) {
        long now = nanoTime.getAsLong();
        if (now - began >= INTERVAL_NANOS) {
            began = now;
            count = 0;
        }
        count++;
        if (count <= MAX_COUNT) {
            log.atLevel(level).log(line);
        } else if (count == MAX_COUNT + 1) {
            log.warn(
                    "There are more such lines, which are left out for a minute. The health has all warnings, the table outbox_parked"
                            + " all aggregates that wait, and the topic of dead letters all events that cannot be published");
        }
    }
}
