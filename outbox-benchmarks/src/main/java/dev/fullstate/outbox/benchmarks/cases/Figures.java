package dev.fullstate.outbox.benchmarks.cases;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.fullstate.outbox.benchmarks.report.Figure;

/** Collects the values of a case round by round, and makes figures of them. */
final class Figures {

    private final String benchmarkCase;
    private final Map<String, String> caseSettings;
    private final Map<Key, List<Double>> values = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> settingsOf = new LinkedHashMap<>();

    private record Key(String contender, String metric, String unit) {}

    Figures(String benchmarkCase, Map<String, String> caseSettings) {
        this.benchmarkCase = benchmarkCase;
        this.caseSettings = caseSettings;
    }

    /** Adds the settings of a contender; before or after its values. */
    void settings(String contender, Map<String, String> settings) {
        settingsOf.put(contender, settings);
    }

    /** Adds the value of one round. */
    void add(String contender, String metric, String unit, double value) {
        values.computeIfAbsent(new Key(contender, metric, unit), key -> new ArrayList<>())
                .add(value);
    }

    List<Figure> toList() {
        return values.entrySet().stream()
                .map(entry -> {
                    Key key = entry.getKey();
                    Map<String, String> settings = new TreeMap<>(settingsOf.getOrDefault(key.contender, Map.of()));
                    caseSettings.forEach((name, value) -> settings.put("case." + name, value));
                    return new Figure(benchmarkCase, key.contender, key.metric, key.unit, entry.getValue(), settings);
                })
                .toList();
    }
}
