package dev.fullstate.outbox.relay.wal;

import dev.fullstate.outbox.relay.position.Lsn;

/**
 * A replication slot that has just been created.
 *
 * @param start what commits from here on is streamed
 * @param snapshot PostgreSQL's {@code pg_snapshot}, as text, which shows all that committed before
 */
public record NewSlot(Lsn start, String snapshot) {}
