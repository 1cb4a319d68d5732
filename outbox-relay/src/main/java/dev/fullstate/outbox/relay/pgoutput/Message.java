package dev.fullstate.outbox.relay.pgoutput;

import java.time.Instant;
import java.util.List;

import dev.fullstate.outbox.relay.position.Lsn;

/**
 * A message of {@code pgoutput}, protocol version 1 (PostgreSQL manual, "Logical Replication Message Formats").
 *
 * <p>A transaction arrives as {@link Begin}, its messages and {@link Commit}, whole and in the order of commits: the server
 * holds it back until it has committed.
 */
public sealed interface Message {

    /**
     * A transaction begins.
     *
     * @param commitLsn where the commit record begins, not the position to confirm
     * @param xid the transaction
     */
    record Begin(Lsn commitLsn, int xid) implements Message {}

    /**
     * The transaction that began last is complete.
     *
     * @param commitLsn where the commit record begins
     * @param endLsn where it ends: the position to confirm
     * @param committedAt by the clock of the server
     */
    record Commit(Lsn commitLsn, Lsn endLsn, Instant committedAt) implements Message {}

    /**
     * A table as it is from here on; precedes the table's first row and comes again whenever the table has changed.
     *
     * @param oid by which rows refer to it
     * @param columns names in the order of the rows' values
     */
    record Relation(int oid, String schema, String table, List<String> columns) implements Message {

        public Relation {
            columns = List.copyOf(columns);
        }
    }

    /** An inserted row. */
    record Insert(int relationOid, Tuple tuple) implements Message {}

    /**
     * A message that carries no row that was inserted and committed: type, origin, update, delete, truncate, rollbacks and whatever
     * pg_logical_emit_message() was given.
     *
     * @param tag its first byte
     */
    record Other(char tag) implements Message {}
}
