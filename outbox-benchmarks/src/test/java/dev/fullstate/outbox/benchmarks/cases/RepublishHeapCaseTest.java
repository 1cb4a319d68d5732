package dev.fullstate.outbox.benchmarks.cases;

import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.benchmarks.contender.Measured;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/** Shows that a heap that grows with the job makes the run void. */
class RepublishHeapCaseTest {

    @Test
    void heapThatVariesByChanceIsFlat() {
        assertThatNoException().isThrownBy(() -> RepublishHeapCase.requireFlat(alive(24, 28.9)));
    }

    @Test
    void growingHeapIsNotFlat() {
        assertThatIllegalStateException()
                .isThrownBy(() -> RepublishHeapCase.requireFlat(alive(24, 29.1)))
                .withMessageContainingAll("24.0 MB", "29.1 MB");
    }

    private static Measured alive(double after5Percent, double after95Percent) {
        return new Measured(Map.of("liveHeapMegabytesAt5", after5Percent, "liveHeapMegabytesAt95", after95Percent));
    }
}
