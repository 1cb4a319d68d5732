package dev.fullstate.outbox.relay.transaction;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.RelayException;

/**
 * A row cannot be published as it is. Nothing after it is published, and nothing of its transaction confirmed, until it is corrected or
 * deleted in the table, where the relay looks for it.
 */
public final class UnpublishableRowException extends RelayException {

    /** A reason may quote a value, which may be of any length. */
    private static final int MAX_REASON_LENGTH = 1_000;

    private final RowId row;
    private final String reason;
    private final List<String> columns;
    private final boolean missing;

    private UnpublishableRowException(
            RowId row, String reason, List<String> columns, boolean missing, String table, @Nullable Throwable cause) {
        this(
                row,
                reason,
                columns,
                missing,
                "The row of " + table + " with " + row + " cannot be published: " + reason,
                missing ? restore(table, columns) : correct(table, row, columns),
                cause);
    }

    private UnpublishableRowException(
            RowId row,
            String reason,
            List<String> columns,
            boolean missing,
            String message,
            String remedy,
            @Nullable Throwable cause) {
        super(FailureKind.PERMANENT, message, remedy, cause);
        this.row = row;
        this.reason = reason;
        this.columns = columns;
        this.missing = missing;
    }

    /**
     * Reports that a value has no form in a record, or is one that an event must not have.
     *
     * @param column of the value
     * @param reason a sentence; never with the payload
     */
    public static UnpublishableRowException of(
            CommittedEvent event, String column, String reason, @Nullable Throwable cause) {
        return of(RowId.of(event), column, reason, cause);
    }

    static UnpublishableRowException of(RowId row, String column, String reason, @Nullable Throwable cause) {
        String bounded = reason.length() <= MAX_REASON_LENGTH ? reason : reason.substring(0, MAX_REASON_LENGTH) + "...";
        return new UnpublishableRowException(row, bounded, List.of(column), false, "the outbox", cause);
    }

    /** Reports that columns are not there. */
    static UnpublishableRowException missing(RowId row, List<String> columns) {
        return new UnpublishableRowException(
                row, "it comes without the columns " + columns, List.copyOf(columns), true, "the outbox", null);
    }

    /** Reports the same, of a row that is in this table now. */
    public UnpublishableRowException in(String table) {
        UnpublishableRowException named = new UnpublishableRowException(
                row,
                missing ? "the table lacks the columns " + columns + ", which every event needs" : reason,
                columns,
                missing,
                table,
                getCause());
        named.setStackTrace(getStackTrace());
        return named;
    }

    /** Reports that an event waits behind one that cannot be published. */
    public static UnpublishableRowException behindParked(CommittedEvent event) {
        return of(RowId.of(event), OutboxTable.AGGREGATE_ID, "an earlier event of its aggregate cannot", null);
    }

    /**
     * Reports the same row, which cannot wait for an operator either.
     *
     * @param obstacle to that, as a sentence
     * @param way out of it
     */
    public UnpublishableRowException unparkable(String obstacle, String way) {
        UnpublishableRowException stopping = new UnpublishableRowException(
                row, reason, columns, missing, getMessage() + ". " + obstacle, way + ". Or: " + remedy(), getCause());
        stopping.setStackTrace(getStackTrace());
        return stopping;
    }

    /** Returns why, as a sentence without the row. */
    public String reason() {
        return reason;
    }

    /** Returns whether it is the table that has to be changed, so that other rows cannot be published either. */
    public boolean isOfTheTable() {
        return missing;
    }

    private static String correct(String table, RowId row, List<String> columns) {
        return "UPDATE " + table + " SET " + columns.get(0) + " = ..." + row.where()
                + "; -- with a value that can be published. Or, to give the event up: DELETE FROM " + table
                + row.where() + ";";
    }

    private static String restore(String table, List<String> columns) {
        return "ALTER TABLE " + table + " "
                + columns.stream()
                        .map(column -> "ADD COLUMN " + column + " " + OutboxTable.type(column))
                        .collect(Collectors.joining(", "))
                + "; -- or rename it back, if it was renamed. Rows that have no value there are named next";
    }
}
