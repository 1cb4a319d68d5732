package dev.fullstate.outbox.benchmarks.report;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class FigureTest {

    @Test
    void medianOfAnOddNumberOfRoundsIsTheMiddleOne() {
        assertThat(Sample.throughput("bare", 9, 1, 5).median()).isEqualTo(5);
    }

    @Test
    void medianOfAnEvenNumberOfRoundsLiesBetweenTheMiddleTwo() {
        assertThat(Sample.throughput("bare", 9, 1, 5, 6).median()).isEqualTo(5.5);
    }

    @Test
    void figureWithoutARoundIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sample.throughput("bare"))
                .withMessageContainingAll("drain-1k", "bare", "throughput");
    }

    @Test
    void valueThatIsNotANumberIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sample.throughput("bare", 1, 0.0 / 0.0))
                .withMessageContainingAll("drain-1k", "bare", "throughput", "NaN");
    }
}
