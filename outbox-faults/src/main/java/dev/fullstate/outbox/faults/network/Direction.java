package dev.fullstate.outbox.faults.network;

/** Where bytes of a connection go. */
public enum Direction {
    TO_SERVER,
    TO_CLIENT
}
