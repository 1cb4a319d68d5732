package dev.fullstate.outbox.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The figures of one run, rounded to four significant digits, in the order in which they were measured. Tables and charts are
 * made of these rounded values, so that they are the same whether they come from the run or from its file.
 */
public record Results(Run run, List<Figure> figures) {

    /** The file that {@link #write} writes and {@link #read} reads. */
    public static final String FILE = "latest.json";

    static final String TABLES_FILE = "latest.md";
    static final String CHART_FILE = "latest.svg";

    /**
     * @throws IllegalArgumentException if there is no figure, or two of the same quantity
     */
    public Results {
        if (figures.isEmpty()) {
            throw new IllegalArgumentException("The run of " + run.startedAt() + " has no figures"
                    + (run.voidReason() == null ? "" : ": " + run.voidReason()));
        }
        Set<List<String>> quantities = new HashSet<>();
        for (Figure figure : figures) {
            if (!quantities.add(List.of(figure.benchmarkCase(), figure.contender(), figure.metric()))) {
                throw new IllegalArgumentException("Case %s has more than one figure for %s of %s"
                        .formatted(figure.benchmarkCase(), figure.metric(), figure.contender()));
            }
        }
        figures = figures.stream().map(Figure::rounded).toList();
    }

    /** Reads what {@link #write} wrote. */
    public static Results read(Path file) {
        try {
            return ResultsJson.parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("Results could not be read from " + file, e);
        }
    }

    /** Writes the figures, the tables and the chart; the same results always as the same bytes. */
    public void write(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(FILE), ResultsJson.of(this));
            Files.writeString(folder.resolve(TABLES_FILE), new Tables(this).page());
            Optional<String> chart = Chart.of(this);
            Path chartFile = folder.resolve(CHART_FILE);
            if (chart.isPresent()) {
                Files.writeString(chartFile, chart.get());
            } else {
                // Neither of the chart's cases was run: the chart of an earlier run must not stay beside these figures.
                Files.deleteIfExists(chartFile);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Results could not be written to " + folder, e);
        }
    }

    /** {@return the names of the cases} */
    Set<String> cases() {
        return figures.stream().map(Figure::benchmarkCase).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    List<Figure> figuresOf(String benchmarkCase) {
        return figures.stream()
                .filter(figure -> figure.benchmarkCase().equals(benchmarkCase))
                .toList();
    }

    Optional<Figure> find(String benchmarkCase, String contender, String metric) {
        return figures.stream()
                .filter(figure -> figure.benchmarkCase().equals(benchmarkCase)
                        && figure.contender().equals(contender)
                        && figure.metric().equals(metric))
                .findFirst();
    }
}
