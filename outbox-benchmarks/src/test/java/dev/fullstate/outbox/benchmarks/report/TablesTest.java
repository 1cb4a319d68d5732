package dev.fullstate.outbox.benchmarks.report;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TablesTest {

    private final Tables tables = new Tables(Sample.results());

    @Test
    void drainIsComparedWithTheLimitAndWithTheBestPeer() {
        assertThat(tables.part("drain-1k")).isEqualTo("""
                | contender | throughput, events/s | of slot-only | × debezium-tuned | cpu, s/million |
                | --- | ---: | ---: | ---: | ---: |
                | slot-only | 200,000 (190,000–210,000) | 100 % | 5.00 |  |
                | bare | 140,000 (130,000–150,000) | 70 % | 3.50 |  |
                | relay-at-least-once | 100,000 (98,800–110,000) | 50 % | 2.50 | 12.5 (12.0–13.0) |
                | debezium-default | 30,000 (29,000–31,000) | 15 % | 0.750 |  |
                | debezium-tuned | 40,000 (38,000–44,000) | 20 % | 1.00 |  |""");
    }

    @Test
    void latencyIsComparedWithTheFastestPeer() {
        assertThat(tables.part("latency-500")).isEqualTo("""
                | contender | to-consumer-p99, ms | × debezium-lowlatency | to-consumer-p50, ms |
                | --- | ---: | ---: | ---: |
                | relay-at-least-once | 7.50 (6.00–9.00) | 0.750 | 1.24 (1.20–1.30) |
                | debezium-lowlatency | 10.0 (8.00–14.0) | 1.00 |  |
                | debezium-default | 925 (900–950) | 92.5 |  |""");
    }

    @Test
    void caseWithoutAReferenceHasNoRatios() {
        assertThat(tables.part("start")).isEqualTo("""
                | contender | first-event, s |
                | --- | ---: |
                | relay-at-least-once | 2.50 |""");
    }

    @Test
    void summaryLeavesOutContendersThatWereNotMeasured() {
        assertThat(tables.part("summary")).isEqualTo("""
                |  | backlog, events/s | × debezium-tuned | latency p50, ms | latency p99, ms |
                | --- | ---: | ---: | ---: | ---: |
                | relay-at-least-once | 100,000 | 2.50 | 1.24 | 7.50 |
                | debezium-tuned | 40,000 | 1.00 |  |  |
                | debezium-lowlatency |  |  |  | 10.0 |
                | debezium-default | 30,000 | 0.750 |  | 925 |
                | bare | 140,000 | 3.50 |  |  |""");
    }

    @Test
    void settingsOfAllContendersAreShownOnce() {
        assertThat(tables.part("settings")).isEqualTo("""
                | case | settings of all contenders |
                | --- | --- |
                | drain-1k | `events=500000` |
                | latency-500 | `events=500000` |
                | start | `events=500000` `heap=512m` |

                | contender | cases | settings |
                | --- | --- | --- |
                | slot-only | drain-1k | `heap=512m` |
                | bare | drain-1k | `heap=512m` |
                | relay-at-least-once | drain-1k, latency-500 | `heap=512m` |
                | debezium-default | drain-1k, latency-500 | `heap=2g` |
                | debezium-tuned | drain-1k | `heap=2g` |
                | debezium-lowlatency | latency-500 | `heap=2g` |""");
    }

    @Test
    void runIsShownWithItsTimeCommitMachineAndVersions() {
        assertThat(tables.part("run"))
                .isEqualTo("Run of 2026-11-21T05:00:00Z at commit `776c2ea` on 2 cores, 23.4 GiB, Linux 6.1 amd64."
                        + " Kafka 4.2.1, PostgreSQL 18.6.");
    }

    @Test
    void firstLineOfEachPartOfAVoidRunHasTheReason() {
        Tables voided = new Tables(
                new Results(Sample.voidRun("no limit"), Sample.results().figures()));
        assertThat(voided.page()).startsWith("**VOID: no limit**\n\n");
        assertThat(voided.part("drain-1k")).startsWith("**VOID: no limit**\n\n");
        assertThat(voided.part("summary")).startsWith("**VOID: no limit**\n\n");
    }

    @Test
    void pageOfAValidRunDoesNotSayVoid() {
        assertThat(tables.page()).startsWith("# Results\n").doesNotContain("VOID");
    }

    @Test
    void unknownPartIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tables.part("drain-1kb"))
                .withMessageContainingAll("drain-1kb", "drain-1k, latency-500, start");
    }
}
