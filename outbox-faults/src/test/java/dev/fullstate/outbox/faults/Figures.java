package dev.fullstate.outbox.faults;

/**
 * What a relay uses that has published everything, and what it has logged since the figures before.
 *
 * @param liveHeapBytes bytes of the objects that are left after a garbage collection
 * @param sockets       open ones, of all kinds
 * @param files         open ones, sockets included
 * @param backends      the connections of all relays that the server has
 */
record Figures(long liveHeapBytes, long threads, long sockets, long files, long backends, long logBytes) {}
