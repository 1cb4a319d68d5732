package dev.fullstate.outbox.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells; the first columns hold words, the others numbers, which are aligned to the right. */
final class MarkdownTable {

    private final List<String> lines = new ArrayList<>();
    private final int columns;

    MarkdownTable(int wordColumns, List<String> headings) {
        this.columns = headings.size();
        row(headings);
        lines.add("|" + " --- |".repeat(wordColumns) + " ---: |".repeat(columns - wordColumns));
    }

    void row(List<String> cells) {
        if (cells.size() != columns) {
            throw new IllegalArgumentException(columns + " columns, but " + cells.size() + " cells: " + cells);
        }
        StringBuilder line = new StringBuilder("|");
        cells.forEach(cell -> line.append(' ').append(cell.replace("|", "\\|")).append(" |"));
        lines.add(line.toString());
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
