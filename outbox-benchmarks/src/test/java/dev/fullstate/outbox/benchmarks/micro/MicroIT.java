package dev.fullstate.outbox.benchmarks.micro;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.benchmarks.report.Figure;

import static org.assertj.core.api.Assertions.assertThat;

class MicroIT {

    /** JMH keeps a second run from a machine where one measures; nothing is measured here, and another build may do the same. */
    @BeforeAll
    static void runBesideOthers() {
        System.setProperty("jmh.ignoreLock", "true");
    }

    @Test
    void everyStepIsMeasured() {
        List<Figure> figures = new Micro(0, 2, Duration.ofMillis(20)).measure();

        assertThat(figures)
                .extracting(figure -> figure.contender() + " " + figure.metric())
                .containsExactlyInAnyOrder(
                        "acknowledge time",
                        "acknowledge allocated",
                        "acknowledge-single-row time",
                        "acknowledge-single-row allocated",
                        "decode time",
                        "decode allocated",
                        "decode-and-assemble time",
                        "decode-and-assemble allocated",
                        "envelope time",
                        "envelope allocated");
        assertThat(figures)
                .allSatisfy(figure -> assertThat(figure.rounds()).hasSize(2).allMatch(value -> value > 0));
    }

    @Test
    void stateInTheEnvelopeHasAboutAKilobyte() {
        EnvelopeBenchmark benchmark = new EnvelopeBenchmark();
        benchmark.load();
        try {
            assertThat(benchmark.envelope())
                    .singleElement()
                    .satisfies(event -> assertThat(event.payload())
                            .contains("\"position\":4")
                            .hasSizeBetween(900, 1_100));
        } finally {
            benchmark.close();
        }
    }
}
