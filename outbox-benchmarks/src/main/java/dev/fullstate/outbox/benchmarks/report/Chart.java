package dev.fullstate.outbox.benchmarks.report;

import java.util.List;
import java.util.Optional;

/**
 * Draws throughput and latency: for each contender the median, as a bar or a dot, and a line from the minimum to the maximum of its
 * rounds.
 */
final class Chart {

    private static final int WIDTH = 820;
    private static final int MARGIN = 24;
    private static final int LEFT = 190;
    private static final int RIGHT = 700;
    private static final int HEADING_HEIGHT = 66;
    private static final int ROW_HEIGHT = 28;
    private static final int BAR_HEIGHT = 16;
    private static final int GAP = 34;

    /** Bars begin at 0; a logarithmic scale has no 0, so it shows dots. */
    private enum Form {
        BARS,
        DOTS
    }

    private record Panel(String benchmarkCase, String metric, String title, String hint, Form form) {

        List<Figure> figures(Results results) {
            return results.figuresOf(benchmarkCase).stream()
                    .filter(figure -> figure.metric().equals(metric))
                    .toList();
        }
    }

    private static final List<Panel> PANELS = List.of(
            new Panel(
                    "drain-1k",
                    Metric.THROUGHPUT,
                    "Backlog of 1 KB events: events per second",
                    "longer is better",
                    Form.BARS),
            new Panel(
                    "latency-500",
                    Metric.CONSUMER_P99,
                    "500 events per second: latency to a consumer, 99th percentile, ms",
                    "further left is better; the scale is logarithmic",
                    Form.DOTS));

    private final Svg svg = new Svg();
    private int y = MARGIN;

    private Chart() {}

    /** {@return the chart of those of its cases that were run; empty if none was} */
    static Optional<String> of(Results results) {
        List<Panel> panels = PANELS.stream()
                .filter(panel -> !panel.figures(results).isEmpty())
                .toList();
        return panels.isEmpty() ? Optional.empty() : Optional.of(new Chart().draw(results, panels));
    }

    private String draw(Results results, List<Panel> panels) {
        if (results.run().voidReason() != null) {
            svg.text("void", MARGIN, y + 6, "VOID: " + results.run().voidReason());
            y += GAP;
        }
        for (Panel panel : panels) {
            draw(panel, panel.figures(results));
            y += GAP;
        }
        legend();
        return svg.document("Throughput and latency of the outbox relay and its peers", WIDTH, y + MARGIN);
    }

    private void draw(Panel panel, List<Figure> figures) {
        int rounds = figures.get(0).rounds().size();
        String what = rounds == 1 ? "One round" : "Median, and least to most of " + rounds + " rounds";
        svg.text("title", MARGIN, y + 8, panel.title);
        svg.text("quiet", MARGIN, y + 28, what + "; " + panel.hint);
        y += HEADING_HEIGHT;
        Scale scale = scale(panel.form, figures);
        for (double tick : scale.ticks()) {
            double x = scale.place(tick);
            svg.text("tick", x, y - 10, Significant.plain(tick));
            svg.line("grid", x, y - 4, x, y + figures.size() * ROW_HEIGHT);
        }
        for (Figure figure : figures) {
            row(figure, panel.form, scale);
            y += ROW_HEIGHT;
        }
    }

    private static Scale scale(Form form, List<Figure> figures) {
        double min = figures.stream().mapToDouble(Figure::min).min().orElseThrow();
        double max = figures.stream().mapToDouble(Figure::max).max().orElseThrow();
        return switch (form) {
            case BARS -> Scale.linear(LEFT, RIGHT, max);
            case DOTS -> Scale.logarithmic(LEFT, RIGHT, min, max);
        };
    }

    private void row(Figure figure, Form form, Scale scale) {
        double middle = y + ROW_HEIGHT / 2.0;
        double place = scale.place(figure.median());
        double least = scale.place(figure.min());
        double most = scale.place(figure.max());
        svg.text("name", LEFT - 12, middle + 4, figure.contender());
        switch (form) {
            case BARS -> svg.bar(kind(figure), LEFT, middle - BAR_HEIGHT / 2.0, place - LEFT, BAR_HEIGHT);
            case DOTS -> svg.dot(kind(figure), place, middle, BAR_HEIGHT / 2.0 - 1);
        }
        svg.line("spread", least, middle, most, middle);
        svg.line("spread", least, middle - 4, least, middle + 4);
        svg.line("spread", most, middle - 4, most, middle + 4);
        svg.text("value", Math.max(most, place + BAR_HEIGHT / 2.0) + 8, middle + 4, Significant.text(figure.median()));
    }

    private void legend() {
        int x = LEFT;
        for (List<String> entry :
                List.of(List.of("ours", "ours"), List.of("peer", "peers"), List.of("limit", "limits"))) {
            svg.bar(entry.get(0), x, y - 10, 10, 10);
            svg.text("quiet", x + 16, y, entry.get(1));
            x += 80;
        }
    }

    private static String kind(Figure figure) {
        if (figure.contender().startsWith("relay-")) {
            return "ours";
        }
        return List.of("slot-only", "bare", "bare-lowlatency").contains(figure.contender()) ? "limit" : "peer";
    }
}
