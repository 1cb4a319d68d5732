package dev.fullstate.outbox.relay.wal;

/** The condition for sending an event: a choice between its latency and the events that a failover may leave in Kafka (ADR 27). */
public enum SendAfter {
    /** The commit is on the server's own disk. A standby that is promoted without it has lost a commit whose event is in Kafka. */
    LOCAL_FLUSH,
    /** The commit is on the disks of the standbys that {@code synchronized_standby_slots} names; from PostgreSQL 17 on. */
    SYNCHRONIZED_STANDBYS
}
