package dev.fullstate.outbox.relay.wal;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;

/**
 * The replication slot as the server shows it; a physical one has neither database nor plugin.
 *
 * @param twoPhase whether prepared transactions are streamed before they are committed, asked for or not
 * @param confirmed where the next stream starts
 * @param lost whether the server has given it up
 * @param streamingPid the server's process that streams from it; null if none does
 */
record Slot(
        String database,
        String plugin,
        boolean twoPhase,
        Lsn confirmed,
        boolean lost,
        @Nullable Integer streamingPid) {}
