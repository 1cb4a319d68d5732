package dev.fullstate.outbox.relay.wal;

import java.util.List;
import java.util.stream.Collectors;

/** Rows of the outbox as text, the form in which the stream brings the same values. */
final class RowText {

    private RowText() {}

    /** Lists columns for a SELECT, each under its name. */
    static String columns(String alias, List<String> columns) {
        return columns.stream()
                .map(column -> alias + "." + column + "::text as " + column)
                .collect(Collectors.joining(", "));
    }
}
