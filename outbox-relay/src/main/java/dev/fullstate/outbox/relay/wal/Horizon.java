package dev.fullstate.outbox.relay.wal;

import dev.fullstate.outbox.relay.position.Lsn;

/**
 * One moment of the database. When everything up to the position is published, so is every transaction that the snapshot shows.
 *
 * <p>The snapshot is taken first. A transaction leaves the server's list of running ones, which is what a snapshot is made of,
 * only after its commit is in the WAL; so all commits that the snapshot shows lie before a position that is read afterwards.
 *
 * @param snapshot PostgreSQL's {@code pg_snapshot}, as text
 * @param lsn where the WAL ended once the snapshot had been taken, also as far as it was not on disk yet
 */
public record Horizon(String snapshot, Lsn lsn) {}
