package dev.fullstate.outbox.relay.wal;

import dev.fullstate.outbox.relay.position.Lsn;

/**
 * The replication slot as the server shows it; a physical one has neither database nor plugin.
 *
 * @param confirmed where the next stream starts
 */
record Slot(String database, String plugin, Lsn confirmed) {}
