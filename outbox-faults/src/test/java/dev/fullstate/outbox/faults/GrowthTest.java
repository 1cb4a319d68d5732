package dev.fullstate.outbox.faults;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows which series count as growth, so that the soak can fail. */
class GrowthTest {

    private static final long HEAP = 24 * 1024 * 1024;

    private static List<String> grown(int count, IntFunction<Figures> figures) {
        return Growth.grown(IntStream.range(0, count).mapToObj(figures).toList()).stream()
                .map(Growth::figure)
                .toList();
    }

    @Test
    void figuresThatVaryAndDoNotRiseHaveNotGrown() {
        assertThat(grown(
                        60,
                        i -> new Figures(
                                HEAP + i % 3 * 200_000L,
                                40 + i % 2,
                                12 + i % 2,
                                90 + i % 2,
                                8,
                                5_000L + i % 7 * 1_000L)))
                .isEmpty();
    }

    @Test
    void whatIsLoadedInTheFirstThirdHasNotGrown() {
        assertThat(grown(60, i -> new Figures(HEAP + Math.min(i, 19) * 100_000L, 40, 12, 90, 8, 5_000)))
                .isEmpty();
    }

    @Test
    void leaksOfOnePerRoundAreFound() {
        assertThat(grown(60, i -> new Figures(HEAP + i * 100_000L, 40 + i, 12 + i, 90 + i, 8 + i, 5_000L + i * 1_000L)))
                .containsExactly(
                        "bytes of live heap",
                        "threads",
                        "open sockets",
                        "open files",
                        "connections to PostgreSQL",
                        "bytes of log a round");
    }

    @Test
    void singlePeaksHaveNotGrown() {
        assertThat(grown(60, i -> new Figures(i == 55 ? 3 * HEAP : HEAP, i == 55 ? 90 : 40, 12, 90, 8, 5_000)))
                .isEmpty();
    }
}
