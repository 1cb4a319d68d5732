package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Progress;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTest {

    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - LONGEST.toNanos());
    private final Backoff backoff = new Backoff(
            new RelaySettings(
                    "outbox",
                    DataSize.ofMegabytes(1),
                    Duration.ofMillis(1),
                    FIRST,
                    LONGEST,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(1),
                    PoisonPolicy.all(Poison.STOP),
                    AfterLoss.REPORT),
            nanos::get);

    /** Streams, in steps of a tenth of a second, with the same position confirmed all the time. */
    private void streams(Duration time, long confirmed) {
        for (Duration past = Duration.ZERO; past.compareTo(time) <= 0; past = past.plusMillis(100)) {
            backoff.noteSuccess(Progress.at(new Lsn(confirmed)));
            nanos.addAndGet(Duration.ofMillis(100).toNanos());
        }
    }

    private void failsAtOnce(int times) {
        for (int i = 0; i < times; i++) {
            backoff.nextDelay();
        }
    }

    @Test
    void delaysGrowWhileTheSameEventFailsAgainAndAgain() {
        Duration last = Duration.ZERO;
        for (int i = 0; i < 7; i++) {
            streams(Duration.ofSeconds(3), 100);
            Duration delay = backoff.nextDelay();
            assertThat(delay).isGreaterThan(last);
            last = delay;
        }
        assertThat(last).isEqualTo(LONGEST);
    }

    @Test
    void delaysStartOverAfterProgress() {
        streams(Duration.ofSeconds(1), 100);
        failsAtOnce(10);
        streams(Duration.ofMillis(100), 101);
        assertThat(backoff.nextDelay()).isEqualTo(FIRST);
    }

    @Test
    void delaysStartOverAfterAnIdleTimeWithoutFailure() {
        streams(Duration.ofSeconds(1), 100);
        for (int i = 0; i < 50; i++) {
            failsAtOnce(10);
            streams(LONGEST, 100);
            assertThat(backoff.nextDelay()).as("outage %d", i).isEqualTo(FIRST);
        }
    }

    @Test
    void delaysStartOverAfterATimeOfStandingBy() {
        failsAtOnce(10);
        backoff.noteSuccess(null);
        nanos.addAndGet(LONGEST.toNanos());
        backoff.noteSuccess(null);
        assertThat(backoff.nextDelay()).isEqualTo(FIRST);
    }

    @Test
    void outageDoesNotCountAsTimeWithoutFailure() {
        backoff.noteSuccess(Progress.at(new Lsn(100)));
        for (int i = 0; i < 10; i++) {
            nanos.addAndGet(backoff.nextDelay().toNanos());
        }
        backoff.noteSuccess(Progress.at(new Lsn(100)));
        assertThat(backoff.nextDelay()).isEqualTo(LONGEST);
    }

    @Test
    void positionSeenAgainAfterAReconnectIsNotProgress() {
        backoff.noteSuccess(Progress.at(new Lsn(100)));
        backoff.nextDelay();
        backoff.noteSuccess(Progress.at(new Lsn(90)));
        backoff.noteSuccess(Progress.at(new Lsn(100)));
        assertThat(backoff.nextDelay()).isEqualTo(FIRST.multipliedBy(2));
    }
}
