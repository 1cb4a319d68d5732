package dev.fullstate.outbox.relay;

/** What a relay is doing. */
public enum RelayState {
    /** Has not connected yet. */
    STARTING,
    /** First start: publishes the rows that are older than the replication slot. */
    PUBLISHING_RETAINED,
    /** Publishes what is committed. */
    STREAMING,
    /** Another relay has the replication slot; takes over when that one stops. */
    STANDBY,
    /** Something is wrong, and it tries again after a while. */
    RETRYING,
    /** Its thread has died; only a restart helps. */
    FAILED,
    /** Was stopped. */
    STOPPED
}
