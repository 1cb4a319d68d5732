package dev.fullstate.outbox.benchmarks.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;

/**
 * Keeps rows of the outbox in a table beside it, and inserts them again: the database's share of the work for rows that no program has to
 * make.
 */
public final class ReadyRows {

    private static final String COLUMNS = String.join(
            ", ",
            List.of(
                    OutboxTable.ID,
                    OutboxTable.AGGREGATE_TYPE,
                    OutboxTable.AGGREGATE_ID,
                    OutboxTable.TYPE,
                    OutboxTable.PAYLOAD,
                    OutboxTable.SOURCE,
                    OutboxTable.TIME,
                    OutboxTable.DATA_SCHEMA,
                    OutboxTable.CHANGE_ID,
                    OutboxTable.ENTITY_VERSION,
                    OutboxTable.OPERATION,
                    OutboxTable.REPUBLISH_ID));

    private static final String KEEP = "create table outbox_ready as select row_number() over (order by "
            + OutboxTable.SEQ + ") as number, " + COLUMNS + " from " + OutboxNames.DEFAULT_TABLE;

    private static final String INSERT = "insert into " + OutboxNames.DEFAULT_TABLE + " (" + COLUMNS + ") select "
            + COLUMNS + " from outbox_ready where number between ? and ? order by number";

    private final OutboxDatabase database;
    private final int count;

    private ReadyRows(OutboxDatabase database, int count) {
        this.database = database;
        this.count = count;
    }

    /** Keeps all rows that are in the outbox now; once in a database. */
    public static ReadyRows keep(OutboxDatabase database) throws SQLException {
        database.execute(KEEP);
        database.execute("alter table outbox_ready add primary key (number)");
        database.execute("analyze outbox_ready");
        return new ReadyRows(database, (int) database.number("select count(*) from outbox_ready"));
    }

    /** {@return how many rows are kept} */
    public int count() {
        return count;
    }

    /**
     * Inserts all kept rows, one statement to a transaction.
     *
     * @return rows per second
     */
    public double insert(int rowsPerTransaction) throws SQLException {
        try (Connection connection = database.connectForBatches();
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            long began = System.nanoTime();
            for (int first = 1; first <= count; first += rowsPerTransaction) {
                statement.setInt(1, first);
                statement.setInt(2, first + rowsPerTransaction - 1);
                statement.executeUpdate();
            }
            return count * 1e9 / (System.nanoTime() - began);
        }
    }
}
