package dev.fullstate.outbox.relay.wal;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;

/** The outbox's rows as they are in the table now, which is not what the stream brings if someone has changed them since. */
public interface CurrentRows {

    /** Returns the table as people name it, also in statements. */
    String table();

    /**
     * Tells whether a relation of the stream is the outbox, or one of its leaves.
     *
     * @throws WalException if the catalogs cannot be read
     */
    boolean belongsToOutbox(int relationOid, String schema, String name);

    /**
     * Looks for a row that was committed.
     *
     * @param values the known values of {@link OutboxTable#PUBLISHED_COLUMNS}, in that order
     * @param xid the transaction that has written the row, without its epoch
     * @return null if the row was deleted
     * @throws WalException if the transaction does not show in the table yet, or the known values do not tell the row from others
     */
    @Nullable
    Found find(byte[] @Nullable [] values, int xid);

    /**
     * A row of the table.
     *
     * @param values those of {@link OutboxTable#PUBLISHED_COLUMNS}, in that order, as text in UTF-8
     * @param missing columns that the table does not have
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Found(byte[] @Nullable [] values, List<String> missing) {

        public Found {
            missing = List.copyOf(missing);
        }
    }
}
