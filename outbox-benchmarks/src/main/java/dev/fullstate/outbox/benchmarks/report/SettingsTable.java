package dev.fullstate.outbox.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Shows every setting of every case and contender once: settings that all contenders of a case share belong to the case, the rest to the
 * contender, and cases in which a contender has the same rest share a row.
 */
final class SettingsTable {

    private record Row(String contender, Map<String, String> settings) {}

    private final MarkdownTable cases = new MarkdownTable(2, List.of("case", "settings of all contenders"));
    private final Map<Row, List<String>> casesOfRow = new LinkedHashMap<>();
    private final MarkdownTable contenders = new MarkdownTable(3, List.of("contender", "cases", "settings"));

    SettingsTable(Results results) {
        for (String benchmarkCase : results.cases()) {
            Map<String, Map<String, String>> byContender = byContender(results.figuresOf(benchmarkCase));
            Map<String, String> common = common(byContender);
            cases.row(List.of(benchmarkCase, text(common)));
            byContender.forEach((contender, settings) -> {
                settings.keySet().removeAll(common.keySet());
                if (!settings.isEmpty()) {
                    casesOfRow
                            .computeIfAbsent(new Row(contender, settings), row -> new ArrayList<>())
                            .add(benchmarkCase);
                }
            });
        }
        casesOfRow.forEach(
                (row, names) -> contenders.row(List.of(row.contender, String.join(", ", names), text(row.settings))));
    }

    private static Map<String, Map<String, String>> byContender(List<Figure> figures) {
        Map<String, Map<String, String>> byContender = new LinkedHashMap<>();
        figures.forEach(figure -> byContender
                .computeIfAbsent(figure.contender(), contender -> new TreeMap<>())
                .putAll(figure.settings()));
        return byContender;
    }

    private static Map<String, String> common(Map<String, Map<String, String>> byContender) {
        Map<String, String> common =
                new TreeMap<>(byContender.values().iterator().next());
        byContender
                .values()
                .forEach(settings -> common.entrySet()
                        .removeIf(setting -> !Objects.equals(settings.get(setting.getKey()), setting.getValue())));
        return common;
    }

    private static String text(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> "`" + setting.getKey() + "=" + setting.getValue() + "`")
                .collect(Collectors.joining(" "));
    }

    @Override
    public String toString() {
        return casesOfRow.isEmpty() ? cases.toString() : cases + "\n\n" + contenders;
    }
}
