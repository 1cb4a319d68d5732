package dev.fullstate.outbox.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ReportTest {

    @TempDir
    private Path repository;

    @Test
    void documentsShowTheWrittenResults() throws IOException {
        write("README.md", "<!-- benchmark:summary --><!-- /benchmark:summary -->");
        write("docs/performance.md", "<!-- benchmark:start --><!-- /benchmark:start -->");
        new Report(repository).publish(Sample.results());

        assertThat(repository.resolve("outbox-benchmarks/results/latest.json")).exists();
        assertThat(repository.resolve("README.md")).content().contains("| debezium-tuned | 40,000 | 1.00 |");
        assertThat(repository.resolve("docs/performance.md")).content().contains("| relay-at-least-once | 2.50 |");
    }

    @Test
    void documentsAreMadeAgainOfTheResultsFile() throws IOException {
        write("README.md", "<!-- benchmark:summary --><!-- /benchmark:summary -->");
        new Report(repository).publish(Sample.results());
        String made = Files.readString(repository.resolve("README.md"));
        write("README.md", made.replace("40,000", "99,999"));

        Report.main(new String[] {repository.toString()});
        assertThat(repository.resolve("README.md")).hasContent(made);
    }

    private void write(String path, String text) throws IOException {
        Path file = repository.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
