package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BoundedLogTest {

    private final AtomicLong nanos = new AtomicLong();
    private final BoundedLog log = new BoundedLog(nanos::get);
    private final LoggedLines lines = new LoggedLines(BoundedLog.class);

    @AfterEach
    void close() {
        lines.close();
    }

    @Test
    void eachMinuteHasAFewLinesAndOneThatThereAreMore() {
        for (int minute = 1; minute <= 3; minute++) {
            for (int i = 0; i < 10_000; i++) {
                log.warn("row " + i);
            }
            assertThat(lines.all()).hasSize(minute * 21).last().asString().contains("left out for a minute");
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        }
    }

    @Test
    void lineOfNowAndThenIsLoggedAsItIs() {
        for (int i = 0; i < 100; i++) {
            log.info("The row has {} and %s");
            nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        }
        assertThat(lines.all()).hasSize(100).containsOnly("INFO The row has {} and %s");
    }
}
