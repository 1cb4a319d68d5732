package dev.fullstate.outbox.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Shows results in Markdown: a table for each case, with a row for each contender and a column for each metric. */
final class Tables {

    static final String RUN = "run";
    static final String SUMMARY = "summary";
    static final String SETTINGS = "settings";

    private static final String NOTHING = "";
    private static final String SUMMARY_DRAIN = "drain-1k";
    private static final String SUMMARY_LATENCY = "latency-500";
    private static final String SUMMARY_PEER = "debezium-tuned";
    private static final List<String> SUMMARY_CONTENDERS = List.of(
            "relay-exactly-once",
            "relay-at-least-once",
            "debezium-tuned",
            "debezium-lowlatency",
            "debezium-default",
            "bare");

    private final Results results;

    Tables(Results results) {
        this.results = results;
    }

    /** {@return the whole page} */
    String page() {
        StringBuilder page =
                new StringBuilder(warning()).append("# Results\n\n").append(run());
        for (String benchmarkCase : results.cases()) {
            page.append("\n\n## ").append(benchmarkCase).append("\n\n").append(table(benchmarkCase));
        }
        return page.append("\n\n## Settings\n\n")
                .append(new SettingsTable(results))
                .append('\n')
                .toString();
    }

    /**
     * Returns one part of the page, for other documents.
     *
     * @param name {@value #RUN}, {@value #SUMMARY}, {@value #SETTINGS} or the name of a case
     * @throws IllegalArgumentException if there is no such part
     */
    String part(String name) {
        String part =
                switch (name) {
                    case RUN -> run();
                    case SUMMARY -> summary();
                    case SETTINGS -> new SettingsTable(results).toString();
                    default -> {
                        if (!results.cases().contains(name)) {
                            throw new IllegalArgumentException("There is nothing to show as '" + name
                                    + "': the run has the cases " + results.cases());
                        }
                        yield table(name);
                    }
                };
        return warning() + part;
    }

    private String warning() {
        String reason = results.run().voidReason();
        return reason == null ? "" : "**VOID: " + reason + "**\n\n";
    }

    private String run() {
        Run run = results.run();
        String versions = run.versions().entrySet().stream()
                .map(version -> version.getKey() + " " + version.getValue())
                .collect(Collectors.joining(", "));
        return "Run of %s at commit `%s` on %s. %s.".formatted(run.startedAt(), run.commit(), run.machine(), versions);
    }

    private String table(String benchmarkCase) {
        List<Figure> figures = results.figuresOf(benchmarkCase);
        Map<String, String> units = new LinkedHashMap<>();
        Set<String> contenders = new LinkedHashSet<>();
        for (Figure figure : figures) {
            units.putIfAbsent(figure.metric(), figure.unit());
            contenders.add(figure.contender());
        }
        List<String> headings = new ArrayList<>(List.of("contender"));
        units.forEach((metric, unit) -> {
            headings.add(unit.isEmpty() ? metric : metric + ", " + unit);
            Reference.of(results, benchmarkCase, metric).forEach(reference -> headings.add(reference.heading()));
        });
        MarkdownTable table = new MarkdownTable(1, headings);
        for (String contender : contenders) {
            List<String> row = new ArrayList<>(List.of(contender));
            for (String metric : units.keySet()) {
                row.add(results.find(benchmarkCase, contender, metric)
                        .map(Tables::spread)
                        .orElse(NOTHING));
                for (Reference reference : Reference.of(results, benchmarkCase, metric)) {
                    row.add(ratio(reference, benchmarkCase, contender));
                }
            }
            table.row(row);
        }
        return table.toString();
    }

    private static String spread(Figure figure) {
        String median = Significant.text(figure.median());
        return figure.rounds().size() == 1
                ? median
                : "%s (%s–%s)".formatted(median, Significant.text(figure.min()), Significant.text(figure.max()));
    }

    private String ratio(Reference reference, String benchmarkCase, String contender) {
        return reference
                .ratio(results, benchmarkCase, contender)
                .map(reference::text)
                .orElse(NOTHING);
    }

    /** Returns ours and the peers, on one screen: the rate at which a backlog is published, and the latency of an event. */
    private String summary() {
        MarkdownTable table = new MarkdownTable(
                1, List.of("", "backlog, events/s", "× " + SUMMARY_PEER, "latency p50, ms", "latency p99, ms"));
        Optional<Reference> peer = Reference.of(results, SUMMARY_DRAIN, Metric.THROUGHPUT).stream()
                .filter(reference -> reference.contender().equals(SUMMARY_PEER))
                .findFirst();
        for (String contender : SUMMARY_CONTENDERS) {
            List<String> row = List.of(
                    contender,
                    median(SUMMARY_DRAIN, contender, Metric.THROUGHPUT),
                    peer.map(reference -> ratio(reference, SUMMARY_DRAIN, contender))
                            .orElse(NOTHING),
                    median(SUMMARY_LATENCY, contender, Metric.CONSUMER_P50),
                    median(SUMMARY_LATENCY, contender, Metric.CONSUMER_P99));
            if (row.stream().skip(1).anyMatch(cell -> !cell.isEmpty())) {
                table.row(row);
            }
        }
        return table.toString();
    }

    private String median(String benchmarkCase, String contender, String metric) {
        return results.find(benchmarkCase, contender, metric)
                .map(figure -> Significant.text(figure.median()))
                .orElse(NOTHING);
    }
}
