package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.PublishedRows;

/** Reads with a cursor, in a transaction whose snapshot is that of the slot. */
final class PostgresRetainedRows implements RetainedRows {

    /** Small, because so many payloads are held in memory at a time. */
    private static final int FETCH_SIZE = 64;

    private final Connection connection;
    private final Publication publication;
    private final TemporarySlot slot;
    private @Nullable ResultSet rows;
    private String snapshot = "";

    PostgresRetainedRows(Connection connection, Publication publication, TemporarySlot slot) {
        this.connection = connection;
        this.publication = publication;
        this.slot = slot;
    }

    @Override
    @SuppressWarnings("resource") // The cursor lives until the session is closed, or the slot is made permanent.
    public void begin(List<PublishedRows> published) {
        try {
            connection.setAutoCommit(false);
            Statement statement = connection.createStatement();
            statement.execute("set transaction isolation level repeatable read, read only");
            statement.execute("set transaction snapshot '" + slot.snapshot() + "'");
            snapshot = snapshot(statement);
            PreparedStatement query = connection.prepareStatement(query(publication, published.size()));
            query.setFetchSize(FETCH_SIZE);
            int parameter = 0;
            for (PublishedRows before : published) {
                query.setString(++parameter, before.snapshot());
                query.setLong(++parameter, before.seq());
            }
            rows = query.executeQuery();
        } catch (SQLException e) {
            throw SqlFailure.of(publication.names().text("The retained rows of {outbox} could not be read"), e);
        }
    }

    private static String snapshot(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select pg_current_snapshot()::text")) {
            row.next();
            return row.getString(1);
        }
    }

    private static String query(Publication publication, int attemptCount) {
        // As text, the form in which the stream brings the same values.
        String columns = OutboxTable.PUBLISHED_COLUMNS.stream()
                .map(column -> "retained." + column + "::text")
                .collect(Collectors.joining(", "));
        String unpublished = " and not (pg_visible_in_snapshot(retained.xid, ?::pg_snapshot) and retained.seq <= ?)";
        return publication.names().sql("select " + columns + " from {outbox} as retained where true")
                + unpublished.repeat(attemptCount) + " order by retained." + OutboxTable.SEQ;
    }

    @Override
    public String snapshot() {
        return snapshot;
    }

    @Override
    public byte @Nullable [] @Nullable [] next() {
        ResultSet cursor = rows();
        try {
            if (!cursor.next()) {
                return null;
            }
            byte[][] row = new byte[OutboxTable.PUBLISHED_COLUMNS.size()][];
            for (int i = 0; i < row.length; i++) {
                row[i] = cursor.getBytes(i + 1);
            }
            return row;
        } catch (SQLException e) {
            throw SqlFailure.of("Reading the retained rows broke off", e);
        }
    }

    @Override
    public Lsn end() {
        return slot.consistentPoint();
    }

    @Override
    public void complete() {
        try {
            rows().close();
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw SqlFailure.of("The snapshot of the retained rows could not be closed", e);
        }
        slot.makePermanent();
    }

    private ResultSet rows() {
        return Objects.requireNonNull(rows, "The rows have not been begun");
    }
}
