package dev.fullstate.outbox.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ResultsTest {

    @TempDir
    private Path folder;

    @Test
    void writtenResultsAreReadBack() {
        Results results = Sample.results();
        results.write(folder);
        assertThat(Results.read(folder.resolve("latest.json"))).isEqualTo(results);
    }

    @Test
    void voidRunIsReadBackAsVoid() {
        Results results = new Results(
                Sample.voidRun("bare reached 0.5 of slot-only"),
                Sample.results().figures());
        results.write(folder);
        assertThat(Results.read(folder.resolve("latest.json"))).isEqualTo(results);
    }

    @Test
    void eachFigureIsAnObjectWithExactlyTheseMembers() {
        JsonNode figure = json(Sample.results()).get(2);
        assertThat(figure.propertyNames())
                .containsExactly(
                        "case",
                        "contender",
                        "metric",
                        "unit",
                        "median",
                        "min",
                        "max",
                        "rounds",
                        "settings",
                        "versions",
                        "commit");
        assertThat(figure.get("rounds").toString()).isEqualTo("[100000,110000,98770]");
        assertThat(figure.get("settings").toString()).isEqualTo("{\"events\":\"500000\",\"heap\":\"512m\"}");
        assertThat(figure.get("versions").toString())
                .isEqualTo("{\"Kafka\":\"4.2.1\",\"PostgreSQL\":\"18.6\","
                        + "\"machine\":\"2 cores, 23.4 GiB, Linux 6.1 amd64\",\"started\":\"2026-11-21T05:00:00Z\"}");
    }

    @Test
    void figuresOfAVoidRunHaveTheReason() {
        Results results =
                new Results(Sample.voidRun("no limit"), Sample.results().figures());
        assertThat(json(results))
                .allSatisfy(figure -> assertThat(figure.get("void").asString()).isEqualTo("no limit"));
    }

    @Test
    void figuresOfAValidRunHaveNoSuchReason() {
        assertThat(json(Sample.results())).noneMatch(figure -> figure.has("void"));
    }

    @Test
    void sameResultsAreWrittenAsTheSameBytes() throws IOException {
        Sample.results().write(folder.resolve("once"));
        Results.read(folder.resolve("once/latest.json")).write(folder.resolve("again"));
        for (String file : List.of("latest.json", "latest.md", "latest.svg")) {
            assertThat(folder.resolve("again").resolve(file))
                    .hasSameBinaryContentAs(folder.resolve("once").resolve(file));
        }
        assertThat(Files.readString(folder.resolve("once/latest.json")))
                .endsWith("]\n")
                .doesNotContain("\r");
    }

    @Test
    void chartOfEarlierFiguresIsRemoved() {
        Sample.results().write(folder);
        assertThat(folder.resolve("latest.svg")).exists();
        new Results(Sample.RUN, List.of(Sample.figure("idle", "bare", "cores", "cores", 0.1))).write(folder);
        assertThat(folder.resolve("latest.svg")).doesNotExist();
    }

    @Test
    void figuresOfTwoRunsAreNotReadAsOne() {
        String json = ResultsJson.of(Sample.results());
        String mixed = json.replaceFirst("05:00:00Z", "06:00:00Z");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResultsJson.parse(mixed))
                .withMessageContainingAll("05:00:00Z", "06:00:00Z");
    }

    @Test
    void runWithoutFiguresIsRefusedWithTheReason() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Results(Sample.voidRun("case drain-1k failed"), List.of()))
                .withMessageContaining("case drain-1k failed");
    }

    @Test
    void twoFiguresForTheSameQuantityAreRefused() {
        Figure figure = Sample.throughput("bare", 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Results(Sample.RUN, List.of(figure, figure)))
                .withMessageContainingAll("drain-1k", "throughput", "bare");
    }

    private static JsonNode json(Results results) {
        return JsonMapper.shared().readTree(ResultsJson.of(results));
    }
}
