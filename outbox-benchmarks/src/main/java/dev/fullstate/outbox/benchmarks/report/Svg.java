package dev.fullstate.outbox.benchmarks.report;

import java.util.Locale;

/** A drawing on a card with a background of its own: readable on any page, light or dark as the reader's system is. */
final class Svg {

    private static final String STYLE = """
            text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
            .title { font-size: 15px; font-weight: 600; }
            .quiet { font-size: 12px; fill: #59636e; }
            .void { font-weight: 600; fill: #cf222e; }
            .name { text-anchor: end; }
            .value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
            .tick { font-size: 11px; fill: #59636e; text-anchor: middle; }
            .card { fill: #ffffff; stroke: #d1d9e0; }
            .grid { stroke: #d1d9e0; }
            .spread { stroke: #1f2328; stroke-width: 1.5; }
            .ours { fill: #218bff; }
            .peer { fill: #e0873a; }
            .limit { fill: #afb8c1; }
            @media (prefers-color-scheme: dark) {
              text { fill: #f0f6fc; }
              .quiet, .tick { fill: #9198a1; }
              .void { fill: #ff7b72; }
              .value { stroke: #0d1117; }
              .card { fill: #0d1117; stroke: #3d444d; }
              .grid { stroke: #3d444d; }
              .spread { stroke: #f0f6fc; }
              .ours { fill: #388bfd; }
              .peer { fill: #bb6a26; }
              .limit { fill: #656c76; }
            }
            """;

    private final StringBuilder elements = new StringBuilder();

    void text(String style, double x, double y, String text) {
        add("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", style, x, y, escaped(text));
    }

    void line(String style, double x1, double y1, double x2, double y2) {
        add("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", style, x1, y1, x2, y2);
    }

    void bar(String style, double x, double y, double width, double height) {
        add("<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", style, x, y, width, height);
    }

    void dot(String style, double x, double y, double radius) {
        add("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", style, x, y, radius);
    }

    private void add(String element, Object... values) {
        elements.append(String.format(Locale.ROOT, element, values)).append('\n');
    }

    String document(String title, int width, int height) {
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
                <title>%3$s</title>
                <style>
                %4$s</style>
                <rect class="card" x="0.5" y="0.5" width="%5$d" height="%6$d" rx="6"/>
                %7$s</svg>
                """.formatted(width, height, escaped(title), STYLE, width - 1, height - 1, elements);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
