package dev.fullstate.outbox.relay.wal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;

/** Rows of the outbox as text, the form in which the stream brings the same values. */
final class RowText {

    private static final int ROW_OVERHEAD_BYTES = 512;

    private RowText() {}

    /** Lists columns for a SELECT, each under its name. */
    static String columns(String alias, List<String> columns) {
        return columns.stream()
                .map(column -> alias + "." + column + "::text as " + column)
                .collect(Collectors.joining(", "));
    }

    /** Returns the size of a row in memory, about, as an expression. */
    static String size(String alias) {
        return "coalesce(octet_length(%1$s.payload), 0) + coalesce(octet_length(%1$s.extensions), 0) + %2$d"
                .formatted(alias, ROW_OVERHEAD_BYTES);
    }

    /**
     * Reads the published columns of a row.
     *
     * @param before number of the columns before them
     */
    static byte[] @Nullable [] read(ResultSet rows, int before) throws SQLException {
        byte[][] row = new byte[OutboxTable.PUBLISHED_COLUMNS.size()][];
        for (int i = 0; i < row.length; i++) {
            row[i] = rows.getBytes(before + i + 1);
        }
        return row;
    }
}
