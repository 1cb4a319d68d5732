package dev.fullstate.outbox.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Compares the repository's documents with its results, so that no measured figure is edited by hand. */
class DocumentationTest {

    private final Report report = new Report(Path.of(".."));

    @Test
    void documentsShowTheCommittedResults() {
        List<Document> documents = report.documents();
        assumeThat(documents).as("documents with parts of the benchmark").isNotEmpty();
        assertThat(report.resultsFile())
                .as(
                        "results of the benchmark, which %s show",
                        documents.stream().map(Document::name).toList())
                .exists();
        Tables tables = new Tables(report.results());
        assertThat(documents)
                .as("made of %s by the main class Report", report.resultsFile())
                .allSatisfy(document -> assertThat(document.text())
                        .isEqualTo(document.splice(tables::part).text()));
    }

    @Test
    void tablesAndChartAreMadeOfTheCommittedResults(@TempDir Path made) throws IOException {
        assumeThat(report.resultsFile()).exists();
        report.results().write(made);
        try (var files = Files.list(made)) {
            assertThat(files)
                    .allSatisfy(file -> assertThat(report.resultsFile().resolveSibling(file.getFileName()))
                            .hasSameTextualContentAs(file));
        }
    }
}
