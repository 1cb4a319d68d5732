package dev.fullstate.outbox.faults.network;

/** The direction of a connection's bytes. */
public enum Direction {
    TO_SERVER,
    TO_CLIENT
}
