package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;

/**
 * The outbox's rows that are older than the slot, in the order of {@code seq}, which per aggregate is the order of commit.
 * Together with the stream that starts at {@link #end()} they are all rows, each once.
 */
public final class RetainedRows {

    /** Small, because so many payloads are held in memory at a time. */
    private static final int FETCH_SIZE = 64;

    private final Connection connection;
    private final ResultSet rows;
    private final TemporarySlot slot;

    private RetainedRows(Connection connection, ResultSet rows, TemporarySlot slot) {
        this.connection = connection;
        this.rows = rows;
        this.slot = slot;
    }

    @SuppressWarnings("resource") // The cursor lives until the session is closed, or the slot is made permanent.
    static RetainedRows read(Connection connection, Publication publication, TemporarySlot slot) {
        try {
            connection.setAutoCommit(false);
            Statement statement = connection.createStatement();
            statement.execute("set transaction isolation level repeatable read, read only");
            statement.execute("set transaction snapshot '" + slot.snapshot() + "'");
            statement.setFetchSize(FETCH_SIZE);
            // As text, the form in which the stream brings the same values.
            String columns = OutboxTable.PUBLISHED_COLUMNS.stream()
                    .map(column -> "retained." + column + "::text")
                    .collect(Collectors.joining(", "));
            ResultSet rows = statement.executeQuery("select " + columns + " from " + publication.table()
                    + " as retained order by retained." + OutboxTable.SEQ);
            return new RetainedRows(connection, rows, slot);
        } catch (SQLException e) {
            throw SqlFailure.of("The retained rows of " + publication.table() + " could not be read", e);
        }
    }

    /** The values of {@link OutboxTable#PUBLISHED_COLUMNS} of the next row, as text in UTF-8; null after the last. */
    public byte @Nullable [] @Nullable [] next() {
        try {
            if (!rows.next()) {
                return null;
            }
            byte[][] row = new byte[OutboxTable.PUBLISHED_COLUMNS.size()][];
            for (int i = 0; i < row.length; i++) {
                row[i] = rows.getBytes(i + 1);
            }
            return row;
        } catch (SQLException e) {
            throw SqlFailure.of("Reading the retained rows broke off", e);
        }
    }

    /** Where the stream continues. */
    public Lsn end() {
        return slot.consistentPoint();
    }

    /**
     * Ends the first start: from here on the slot exists, at {@link #end()}. To be called when Kafka has all of the rows.
     */
    public void complete() {
        try {
            rows.close();
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw SqlFailure.of("The snapshot of the retained rows could not be closed", e);
        }
        slot.makePermanent();
    }
}
