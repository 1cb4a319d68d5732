package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.wal.Holder;

import static org.assertj.core.api.Assertions.assertThat;

class SilenceTest {

    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - INTERVAL.toNanos());
    private final Silence silence = new Silence(INTERVAL, nanos::get);

    private Duration look(Duration later, @Nullable Holder holder) {
        nanos.addAndGet(later.toNanos());
        return silence.measure(holder);
    }

    private static Holder holder(int pid, @Nullable String signOfLife) {
        return new Holder(pid, "start of " + pid, signOfLife);
    }

    @Test
    void silenceLastsFromTheLookThatSawTheLastChange() {
        assertThat(look(INTERVAL, holder(1, "a"))).isZero();
        assertThat(look(INTERVAL, holder(1, "a"))).isEqualTo(INTERVAL);
        assertThat(look(INTERVAL, holder(1, "a"))).isEqualTo(INTERVAL.multipliedBy(2));
        assertThat(look(INTERVAL, holder(1, "b"))).isZero();
        assertThat(look(INTERVAL, holder(1, "b"))).isEqualTo(INTERVAL);
    }

    @Test
    void silenceStartsOverWithAnotherHolder() {
        look(INTERVAL, holder(1, "a"));
        look(INTERVAL, holder(1, "a"));
        assertThat(look(INTERVAL, holder(2, "a"))).isZero();
        // So it does if the server has given the process id to another process.
        assertThat(look(INTERVAL, new Holder(2, "later", "a"))).isZero();
        assertThat(look(INTERVAL, null)).isZero();
    }

    @Test
    void timeWithoutLooksCountsForTwoIntervalsAtMost() {
        look(INTERVAL, holder(1, "a"));
        assertThat(look(Duration.ofHours(1), holder(1, "a")))
                .as("the process stopped for an hour, or the clock jumped")
                .isEqualTo(INTERVAL.multipliedBy(2));
        assertThat(look(INTERVAL, holder(1, "a"))).isEqualTo(INTERVAL.multipliedBy(3));
    }

    @Test
    void silenceIsTellingOnlyOfAProcessThatHasShownASignOfLife() {
        look(INTERVAL, holder(1, null));
        assertThat(silence.isTelling()).isFalse();
        look(INTERVAL, holder(1, "a"));
        assertThat(silence.isTelling()).isTrue();
        look(INTERVAL, holder(1, null));
        assertThat(silence.isTelling()).isTrue();
        look(INTERVAL, holder(2, null));
        assertThat(silence.isTelling()).isFalse();
        look(INTERVAL, holder(2, "b"));
        look(INTERVAL, null);
        assertThat(silence.isTelling()).isFalse();
    }
}
