package dev.fullstate.outbox.benchmarks.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Results as a list of objects, one for each figure, each complete in itself. Start and machine of the run are entries of
 * {@code versions}.
 */
final class ResultsJson {

    private static final String STARTED = "started";
    private static final String MACHINE = "machine";

    private static final TypeReference<List<Entry>> ENTRIES = new TypeReference<>() {};
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();
    // The same line ends on every system.
    private static final DefaultPrettyPrinter INDENTED =
            new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));

    private record Entry(
            @JsonProperty("case") String benchmarkCase,
            String contender,
            String metric,
            String unit,
            BigDecimal median,
            BigDecimal min,
            BigDecimal max,
            List<BigDecimal> rounds,
            Map<String, String> settings,
            Map<String, String> versions,
            String commit,

            @JsonProperty("void") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String voidReason) {

        static Entry of(Figure figure, Run run) {
            Map<String, String> versions = new TreeMap<>(run.versions());
            versions.put(STARTED, run.startedAt().toString());
            versions.put(MACHINE, run.machine());
            return new Entry(
                    figure.benchmarkCase(),
                    figure.contender(),
                    figure.metric(),
                    figure.unit(),
                    Significant.round(figure.median()),
                    Significant.round(figure.min()),
                    Significant.round(figure.max()),
                    figure.rounds().stream().map(Significant::round).toList(),
                    figure.settings(),
                    versions,
                    run.commit(),
                    run.voidReason());
        }

        Figure figure() {
            List<Double> values = rounds.stream().map(BigDecimal::doubleValue).toList();
            return new Figure(benchmarkCase, contender, metric, unit, values, settings);
        }

        Run run() {
            Map<String, String> others = new TreeMap<>(versions);
            String started = others.remove(STARTED);
            String machine = others.remove(MACHINE);
            if (started == null || machine == null) {
                throw new IllegalArgumentException("The versions of %s of %s in case %s lack '%s' or '%s'"
                        .formatted(metric, contender, benchmarkCase, STARTED, MACHINE));
            }
            return new Run(Instant.parse(started), machine, commit, others, voidReason);
        }
    }

    private ResultsJson() {}

    static String of(Results results) {
        List<Entry> entries = results.figures().stream()
                .map(figure -> Entry.of(figure, results.run()))
                .toList();
        return JSON.writer().with(INDENTED).writeValueAsString(entries) + "\n";
    }

    /**
     * @throws IllegalArgumentException if the figures are not all of one run: those of two cannot be compared
     */
    static Results parse(String json) {
        List<Run> runs = new ArrayList<>();
        List<Figure> figures = new ArrayList<>();
        for (Entry entry : JSON.readValue(json, ENTRIES)) {
            runs.add(entry.run());
            figures.add(entry.figure());
        }
        if (runs.stream().distinct().count() != 1) {
            throw new IllegalArgumentException("Expected the figures of one run, but they are of "
                    + runs.stream().map(Run::startedAt).distinct().toList());
        }
        return new Results(runs.get(0), figures);
    }
}
