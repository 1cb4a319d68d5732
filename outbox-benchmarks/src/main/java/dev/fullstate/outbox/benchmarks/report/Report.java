package dev.fullstate.outbox.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the committed results, and the documents that show parts of them, so that documents and results always agree. */
public final class Report {

    /** The folder of the committed results in the repository. */
    static final Path RESULTS = Path.of("outbox-benchmarks", "results");

    private static final List<Path> DOCUMENTS = List.of(Path.of("README.md"), Path.of("docs", "performance.md"));

    private final Path repository;

    /**
     * @param repository the folder that has the {@code README.md}
     */
    public Report(Path repository) {
        this.repository = repository;
    }

    /**
     * Makes tables, chart and documents again from the committed results.
     *
     * @param args the repository's folder
     */
    public static void main(String[] args) {
        if (args.length != 1) {
            throw new IllegalArgumentException("Expected the repository's folder as the only argument");
        }
        Report report = new Report(Path.of(args[0]));
        report.publish(report.results());
    }

    /** Replaces the committed results, and the parts of the documents that show them. */
    public void publish(Results results) {
        results.write(repository.resolve(RESULTS));
        Tables tables = new Tables(results);
        for (Document document : documents()) {
            try {
                Files.writeString(
                        repository.resolve(document.name()),
                        document.splice(tables::part).text());
            } catch (IOException e) {
                throw new UncheckedIOException(document.name() + " could not be written", e);
            }
        }
    }

    Path resultsFile() {
        return repository.resolve(RESULTS).resolve(Results.FILE);
    }

    Results results() {
        return Results.read(resultsFile());
    }

    /** {@return the documents that show results} */
    List<Document> documents() {
        return DOCUMENTS.stream()
                .filter(path -> Files.exists(repository.resolve(path)))
                .map(this::read)
                .filter(Document::hasParts)
                .toList();
    }

    private Document read(Path path) {
        try {
            return new Document(path.toString(), Files.readString(repository.resolve(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(path + " could not be read", e);
        }
    }
}
