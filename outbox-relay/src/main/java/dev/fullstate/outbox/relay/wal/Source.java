package dev.fullstate.outbox.relay.wal;

/** The place from which the relay reads what is committed. */
public enum Source {
    /** The write-ahead log, through a replication slot: commits arrive by themselves, and the table is not read. */
    WAL,
    /**
     * The outbox table, again and again, for servers that do not allow logical replication. What has become visible between two snapshots of
     * the server is what was committed between them.
     */
    TABLE
}
