package dev.fullstate.outbox.relay;

/** The state of a relay. */
public enum RelayState {
    /** Has not connected yet. */
    STARTING,
    /** Publishes rows of the table before it goes on: at a first start, after a gap, or because they waited for their topic. */
    PUBLISHING_RETAINED,
    /** Publishes committed events. */
    STREAMING,
    /** Operators have paused the pipeline: no relay publishes it until they resume it. */
    PAUSED,
    /** Another relay has the replication slot; takes over when that one stops. */
    STANDBY,
    /** A failure keeps it from publishing, and it tries again after a while. */
    RETRYING,
    /** Its thread has died; only a restart helps. */
    FAILED,
    /** Was stopped. */
    STOPPED
}
