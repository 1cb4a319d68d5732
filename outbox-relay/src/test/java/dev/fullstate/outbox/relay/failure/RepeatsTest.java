package dev.fullstate.outbox.relay.failure;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RepeatsTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
    private final Repeats repeats = new Repeats(Duration.ofMinutes(1), Duration.ofHours(1), nanos::get);

    @Test
    void messageOfEachSecondHasFewLinesADay() {
        int lineCount = 0;
        for (long second = 0; second < Duration.ofDays(1).toSeconds(); second++) {
            lineCount += repeats.note("down") == Repeats.Kind.REPEATED ? 0 : 1;
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            assertThat(second < 3_600 ? lineCount : 0).isLessThanOrEqualTo(6);
        }
        assertThat(lineCount).isEqualTo(29);
    }

    @Test
    void otherMessageIsNew() {
        assertThat(repeats.note("down")).isEqualTo(Repeats.Kind.NEW);
        assertThat(repeats.note("slow")).isEqualTo(Repeats.Kind.NEW);
        assertThat(repeats.note("down")).isEqualTo(Repeats.Kind.REPEATED);
    }

    @Test
    void messageIsNewAfterAllAreForgotten() {
        repeats.note("down");
        repeats.clear();
        assertThat(repeats.note("down")).isEqualTo(Repeats.Kind.NEW);
    }

    @Test
    void numbersAddressesAndIdsMakeNoOtherMessage() {
        assertThat(Repeats.alike("Connection to node -1 (/127.0.0.1:9092) failed at 0/1DAD600"))
                .isEqualTo(Repeats.alike("Connection to node 2 (/10.0.0.7:9093) failed at 1/ABCDEF2"));
    }
}
