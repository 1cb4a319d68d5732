package dev.fullstate.outbox.relay.wal;

/** What has to be before an event is sent: the choice between its latency and what a failover may leave in Kafka (ADR 27). */
public enum SendAfter {
    /** The commit is on the server's own disk. A standby that is promoted without it has lost a commit whose event is in Kafka. */
    LOCAL_FLUSH,
    /** The commit is on the disks of the standbys that {@code synchronized_standby_slots} names; from PostgreSQL 17 on. */
    SYNCHRONIZED_STANDBYS
}
