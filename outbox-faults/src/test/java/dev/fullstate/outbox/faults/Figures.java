package dev.fullstate.outbox.faults;

/**
 * The resources of a relay that has published everything, and the size of the log since the figures before.
 *
 * @param liveHeapBytes bytes of the objects that are left after a garbage collection
 * @param sockets       open ones, of all kinds
 * @param files         open ones, sockets included
 * @param backends      the connections of all relays that the server has
 */
record Figures(long liveHeapBytes, long threads, long sockets, long files, long backends, long logBytes) {}
