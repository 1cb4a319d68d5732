package dev.fullstate.outbox.benchmarks.report;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ComparisonTest {

    @Test
    void runOnAMachineOfHalfTheSpeedAgrees() {
        Results first = results(
                Sample.throughput("relay-at-least-once", 100_000, 110_000, 95_000),
                Sample.throughput("debezium-tuned", 40_000, 44_000, 38_000));
        Results second = results(
                Sample.throughput("relay-at-least-once", 50_000, 55_000, 47_500),
                Sample.throughput("debezium-tuned", 20_000, 22_000, 19_000));
        assertThat(new Comparison(first, second).markdown())
                .contains(
                        "- **1 of 1 ratios (100 %) agree within the noise**, which is 0.0 % in the median and 0.0 % at most.")
                .contains("| drain-1k | relay-at-least-once | throughput | × debezium-tuned | 2.50 (2.50–2.50) |"
                        + " 2.50 (2.50–2.50) | 0.0 % | 0.0 % | yes |");
    }

    @Test
    void ratioThatMovedByMoreThanTheNoiseDoesNotAgree() {
        Results first = results(Sample.p99("bare", 9, 10, 11), Sample.p99("debezium-lowlatency", 10, 10, 10));
        Results second = results(Sample.p99("bare", 12.5, 13, 13.5), Sample.p99("debezium-lowlatency", 10, 10, 10));
        assertThat(new Comparison(first, second).markdown())
                .contains(
                        "- **0 of 1 ratios (0.0 %) agree within the noise**, which is 14 % in the median and 14 % at most.")
                .contains("| 1.00 (0.900–1.10) | 1.30 (1.25–1.35) | 30 % | 14 % | **no** |");
    }

    @Test
    void figuresOfACaseWithoutAReferenceAreComparedThemselves() {
        Results first = results(Sample.figure("start", "bare", "first-event", "s", 2, 2.2, 2.1));
        Results second = results(Sample.figure("start", "bare", "first-event", "s", 2.1, 2.3, 2.2));
        assertThat(new Comparison(first, second).markdown())
                .contains("- **1 of 1 figures without a reference (100 %) agree within the noise**")
                .contains(
                        "| start | bare | first-event | s | 2.10 (2.00–2.20) | 2.20 (2.10–2.30) | 4.8 % | 9.3 % | yes |");
    }

    @Test
    void singleRoundIsShownButNotCounted() {
        Results first = results(Sample.figure("start", "bare", "first-event", "s", 2));
        Results second = results(Sample.figure("start", "bare", "first-event", "s", 3));
        assertThat(new Comparison(first, second).markdown())
                .contains("| start | bare | first-event | s | 2.00 | 3.00 | 50 % |  | one round |")
                .doesNotContain("agree within");
    }

    @Test
    void figuresThatWereZeroAreComparedWithoutDividing() {
        Results first = results(
                Sample.figure("drain-1k", "bare", "cpu", "s", 0, 0, 0),
                Sample.figure("drain-1k", "debezium-tuned", "cpu", "s", 0, 0, 0));
        Results second = results(
                Sample.figure("drain-1k", "bare", "cpu", "s", 1, 1, 1),
                Sample.figure("drain-1k", "debezium-tuned", "cpu", "s", 0, 0, 0));
        assertThat(new Comparison(first, second).markdown())
                .contains("| drain-1k | bare | cpu | s | 0 (0–0) | 1.00 (1.00–1.00) | from 0 | 0.0 % | **no** |")
                .contains("| drain-1k | debezium-tuned | cpu | s | 0 (0–0) | 0 (0–0) | 0.0 % | 0.0 % | yes |");
    }

    @Test
    void figuresThatOneRunLacksAreNamed() {
        Results first = results(Sample.throughput("bare", 1, 1), Sample.throughput("slot-only", 1, 1));
        Results second = results(Sample.throughput("bare", 1, 1), Sample.throughput("debezium-tuned", 1, 1));
        assertThat(new Comparison(first, second).markdown())
                .contains(
                        "In one of the runs only: drain-1k slot-only throughput, drain-1k debezium-tuned throughput.");
    }

    @Test
    void voidRunIsMarked() {
        Results voided = new Results(Sample.voidRun("no limit"), List.of(Sample.throughput("bare", 1, 1)));
        assertThat(new Comparison(results(Sample.throughput("bare", 1, 1)), voided).markdown())
                .containsOnlyOnce("VOID")
                .contains("**VOID: no limit**");
    }

    private static Results results(Figure... figures) {
        return new Results(Sample.RUN, List.of(figures));
    }
}
