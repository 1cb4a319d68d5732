package dev.fullstate.outbox.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.benchmarks.report.Figure;
import dev.fullstate.outbox.benchmarks.report.Results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Runs the benchmark in small, with our own contenders: it shows that the benchmark works, and not how fast a contender is. */
class SmokeIT {

    private static final Parameters SMALL = new Parameters(
            Set.of("drain-1k", "latency-500"),
            Set.of("slot-only", "bare", "bare-lowlatency", Contenders.RELAY, Contenders.RELAY_EXACTLY_ONCE),
            1,
            0.004,
            Path.of("").toAbsolutePath());

    @Test
    void benchmarkMeasuresAndWritesTheChosenCasesAndContenders() throws Exception {
        Results results = Benchmarks.run(SMALL);

        assertThat(results.run().voidReason()).isNull();
        assertThat(results.figures())
                .extracting(Figure::benchmarkCase, Figure::contender)
                .contains(
                        tuple("drain-1k", "slot-only"),
                        tuple("drain-1k", "bare"),
                        tuple("drain-1k", Contenders.RELAY),
                        tuple("drain-1k", Contenders.RELAY_EXACTLY_ONCE),
                        tuple("latency-500", "bare-lowlatency"),
                        tuple("latency-500", Contenders.RELAY),
                        tuple("latency-500", Contenders.RELAY_EXACTLY_ONCE));
        assertThat(results.figures())
                .filteredOn(figure -> figure.metric().equals("throughput"))
                .allSatisfy(figure -> assertThat(figure.median()).isPositive());
        assertThat(logsOf(Contenders.RELAY_EXACTLY_ONCE, "drain_1k"))
                .as("The relay drains the WAL as the others do, and not the table")
                .isNotEmpty()
                .allSatisfy(
                        log -> assertThat(log).content().contains("STREAMING").doesNotContain("may be unpublished"));
        assertThat(Results.read(SMALL.results().resolve(Results.FILE))).isEqualTo(results);
    }

    private static List<Path> logsOf(String contender, String benchmarkCase) throws IOException {
        try (Stream<Path> files = Files.walk(SMALL.work())) {
            return files.filter(file -> file.endsWith(contender + ".log")
                            && file.getParent().getFileName().toString().startsWith(benchmarkCase))
                    .toList();
        }
    }
}
